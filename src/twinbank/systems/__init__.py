"""The writers: one module for each source system, obeying its layout."""
