"""Verification of a log on disk: everything hashed again, every root met, every file compared."""
