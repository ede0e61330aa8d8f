"""Feed files of a shop: read as they come in, product by product, each with the line that it stands on."""
