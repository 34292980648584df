"""Files: which have arrived, their raw copies, and every format as numbered rows."""
