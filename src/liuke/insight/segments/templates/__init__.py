"""Segments that come with Liuke: each a rule with what to do about its customers, ready to be taken or changed."""
