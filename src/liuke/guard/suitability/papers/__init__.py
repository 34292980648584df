"""风险测评 · versioned question papers, sittings and their scores; from a sitting comes a tolerance, or a review."""
