"""Who is in a segment: sets on disk, moves between refreshes, who may be reached, whom an actor may see."""
