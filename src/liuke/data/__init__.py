"""数据: who the customer is. From the bank's separate source systems to one customer."""
