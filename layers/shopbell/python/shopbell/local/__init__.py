"""The one-machine product and the `shopbell` command; left out of the layer."""
