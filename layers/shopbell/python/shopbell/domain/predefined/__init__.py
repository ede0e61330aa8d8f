"""The segments that every store is given: rules with parameters as files, and what makes plain rules of them."""
