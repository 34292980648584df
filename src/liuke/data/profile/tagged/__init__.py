"""The tags of one customer."""
