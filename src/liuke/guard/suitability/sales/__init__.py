"""销售留痕 · the customer's written insistence, and the index of dual recordings (双录), with their evidence pack."""
