"""Finding customers: the list, search, the ladder of money falling due."""
