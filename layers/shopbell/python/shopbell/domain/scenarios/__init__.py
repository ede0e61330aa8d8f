"""Scenarios: rows of one table that say when, to whom and what to send."""
