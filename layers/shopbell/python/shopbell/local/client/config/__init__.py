"""A store's whole configuration as one file: written down, compared with the store, and carried into it."""
