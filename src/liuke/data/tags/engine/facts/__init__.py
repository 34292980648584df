"""Facts of every customer, projected once from the lake, kept in buckets of customer numbers: what the kernel reads.

A table is a row of segments, each written once. In a segment the rows are sorted by bucket and day, every column a
plain file that is mapped when it is read. A row's facets are one code into the table's dictionary, so that a filter is
judged once a combination and not once a row.
"""
