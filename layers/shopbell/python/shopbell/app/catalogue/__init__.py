"""How products get into the catalogue, whoever tells of them, and what is done about their changes."""
