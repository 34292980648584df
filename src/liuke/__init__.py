"""Liuke 留客: know every customer, act in time, never do what must not be done, and prove that it helped.

The folders are the loop: data (who the customer is), guard (what may not be done), insight (what is likely true) and
action (what we do about it), on a small kernel and under one application. Imports point one way.
"""

__version__ = "0.1.0"
