"""Membership of many segments at once: counted in this process, or as SQL in DuckDB or on the bank's Spark."""
