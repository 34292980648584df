"""The sealed log on disk: segments of chained lines, Merkle tiles, signed checkpoints, and what verifies them."""
