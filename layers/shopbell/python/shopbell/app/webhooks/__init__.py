"""Telling a store's own systems what happens in it."""
