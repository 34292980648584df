"""埋点方案 · the tracking plan: its text, what is wrong with one, and the verdict on every event by it."""
