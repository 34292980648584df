"""Renewing the graph: a rebuild from the lake, the merge into PostgreSQL, and customers that became one meanwhile."""
