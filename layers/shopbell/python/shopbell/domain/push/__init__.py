"""One Web Push message: where it may go, how it is sealed, signed and headed, and what the answer means."""
