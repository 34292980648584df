"""The statistics of a clustering: pure, arrays in and nouns out, the same for the same seed."""
