"""Cedar's values: sets, records and the four extension types, with Cedar's own idea of what is equal."""
