"""Whose doing an order is: what a person did, as a set of facts, and what follows from it for reports."""
