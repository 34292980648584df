"""Snapshots of the graph and the questions they answer: one shape of query, two engines that answer alike.

``shape`` is what may be asked, ``walk`` answers it step by step, ``csr`` and ``lady`` take the steps, ``fresh`` lays
what changed since over a snapshot, ``snapshot`` builds, swaps and opens them.
"""
