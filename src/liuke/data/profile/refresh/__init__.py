"""Bringing the 360 pages up to date from the lake."""
