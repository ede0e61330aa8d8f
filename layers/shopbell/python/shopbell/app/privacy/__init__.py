"""What people may ask of a store that knows them: to see all of it, and to be forgotten."""
