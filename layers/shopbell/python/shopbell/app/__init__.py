"""Use cases: frozen dataclasses of what they need, called with what happened."""
