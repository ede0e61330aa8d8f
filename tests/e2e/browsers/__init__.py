"""Real Firefox and Chromium, the push services and the desktop they believe in: all of it on loopback."""
