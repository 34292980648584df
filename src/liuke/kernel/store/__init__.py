"""Where things are kept: records in PostgreSQL, tables in a Parquet lake, events in an append-only log."""
