"""A store's first day, told in calls of the API: where the examples of the contract come from."""
