"""判断 · the one statement of verdicts, for one customer or millions, now or in the past, and its words."""
