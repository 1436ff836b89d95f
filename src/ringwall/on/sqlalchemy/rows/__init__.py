"""A condition about the rows of a mapped class, as SQL that is exact on SQLite and PostgreSQL."""
