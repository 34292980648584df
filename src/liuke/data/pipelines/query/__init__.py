"""The query of a derived table: what may be written, which names it uses, what it gives, and how it reads on Spark."""
