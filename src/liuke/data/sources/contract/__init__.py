"""Contracts: the TOML texts, read, checked and made ready to run."""
