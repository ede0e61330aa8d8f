"""How webhooks are reached: over HTTPS at public addresses alone."""
