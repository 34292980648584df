"""在线行为 · every customer's events by time: the stock on disk, fresh ones in memory, exact sliding windows."""
