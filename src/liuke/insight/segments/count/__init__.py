"""Counting: a rule over millions of customers becomes packed bits in milliseconds, exactly."""
