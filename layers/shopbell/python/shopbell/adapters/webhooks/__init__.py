"""How webhooks are reached: over HTTPS at public addresses alone, or on the event bus."""
