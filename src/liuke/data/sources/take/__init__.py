"""Taking in: a file judged as one set, what of it is new, and the one transaction that shows it."""
