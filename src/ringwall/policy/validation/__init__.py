"""Are policies right? Strict validation against a schema, warnings, and whether entities and requests conform."""
