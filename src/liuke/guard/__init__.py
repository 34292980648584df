"""合规: what may not be done. Guard sits under insight and action, so that they ask it while choosing, not afterwards."""
