"""Looking at a segment: how it differs from the bank, which others it shares customers with."""
