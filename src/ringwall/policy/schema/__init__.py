"""Cedar's schemas as text and as JSON, and the schema that a service's own classes give."""
