"""Where things are kept: records in PostgreSQL, tables in a Parquet lake read by DuckDB, events in an append-only log."""
