"""行为分析 · trend, funnel, retention, path, distribution, interval, session and hour of the day, over the stock."""
