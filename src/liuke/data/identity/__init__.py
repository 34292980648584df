"""One-ID 统一客户号: which records of the bank's separate systems are one and the same person or firm."""
