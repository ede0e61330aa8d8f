"""Subscribers of another provider: the files that they come in, and each line of them checked."""
