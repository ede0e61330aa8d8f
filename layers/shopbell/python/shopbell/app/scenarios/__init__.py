"""Scenarios as a store sees them: listed, switched on and off, and run when their schedule fires."""
