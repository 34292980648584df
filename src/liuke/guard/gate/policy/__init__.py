"""规则版本 · caps, quiet hours, words and rules as one version: drafted by one, published by another."""
