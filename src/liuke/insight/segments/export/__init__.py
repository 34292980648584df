"""Taking a segment out of the house: asked with a reason, allowed by somebody else, traceable in every line."""
