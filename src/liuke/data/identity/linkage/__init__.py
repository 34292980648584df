"""Record linkage on any tables: comparisons, blocking, scoring, constrained clustering, and the link by specification.

Pure: tables and arrays in, values out. One-ID is this machinery with the comparisons of Chinese retail parties.
"""
