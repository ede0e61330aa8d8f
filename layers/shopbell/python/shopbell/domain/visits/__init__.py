"""What a visitor leaves behind beside counted events: the cart, the sessions, the products they dealt with."""
