"""What a store tells its own systems: which of its events go to which address, signed, and how that went."""
