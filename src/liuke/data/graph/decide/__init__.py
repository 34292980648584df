"""People's part: a change is asked for by one and judged by another; what is approved holds at once and for good.

Every approval is an entry of 关系台账 with what stood before and after; later searches for groups keep people's words.
"""
