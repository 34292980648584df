"""From the lake to relations: what the sources tell, what people share, how money moves between them."""
