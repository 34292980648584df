"""事件接入 · the door, the durable log behind it, and reading that log again."""
