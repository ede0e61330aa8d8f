"""What a store's orders say of each buyer: how recent, frequent and valuable, and whether they will come again."""
