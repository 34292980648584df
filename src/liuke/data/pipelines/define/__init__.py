"""The text of a definition: read with every error named, and written so that a file and a screen say the same."""
