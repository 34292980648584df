"""twinbank: a bank that does not exist."""
