"""What marketers may do: segments, campaigns, scenarios, and a look at a visitor and the store."""
