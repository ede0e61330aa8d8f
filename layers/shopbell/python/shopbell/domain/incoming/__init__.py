"""What callers send, checked field by field on its way in: nothing past this room meets an unchecked value."""
