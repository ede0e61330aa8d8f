"""Campaigns as marketers handle them: write, try out, send, stop, and see what became of them."""
