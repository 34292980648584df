"""数据源: how the bank's separate systems become one set of canonical tables."""
