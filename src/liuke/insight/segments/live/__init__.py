"""Membership by event: whoever did something comes into a live segment, or leaves it, within the second."""
