"""What may be done: rules in Cedar's own terms, decided, explained, and turned into SQL."""
