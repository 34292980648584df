"""The editor: what a rule may name, and the count while it is written."""
