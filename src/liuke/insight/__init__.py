"""洞察: what is likely true about customers."""
