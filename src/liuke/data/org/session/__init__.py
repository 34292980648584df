"""Signing in: by password and one-time code, by the bank's identity provider, by API token; and staying signed in."""
