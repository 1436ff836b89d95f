"""The tables and the transactions. One writer, one fsync for many (SQLite in WAL mode, ``synchronous=FULL``)."""
