"""Rules that a store's own data suggests: what was seen of its visitors, and templates that turn it into rules."""
