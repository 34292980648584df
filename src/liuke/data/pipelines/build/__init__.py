"""Bringing a derived table up to date: which partitions, the rows, their quality, and becoming visible at once."""
