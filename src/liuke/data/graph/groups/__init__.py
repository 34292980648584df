"""Families and enterprises: pairs weighed by all their evidence, clustered under constraints, numbered to last."""
