"""The shop's own question before the browser's: what a marketer sets of it, for whom it is, what is counted of it."""
