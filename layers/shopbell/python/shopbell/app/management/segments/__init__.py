"""Segments as their owners handle them: write, switch on and off, read, put away."""
