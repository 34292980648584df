"""合规: what may not be done. Guard sits under insight and action: they ask it while choosing."""
