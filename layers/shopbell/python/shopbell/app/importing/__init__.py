"""Subscribers of another provider: their file taken, and worked off by a job."""
