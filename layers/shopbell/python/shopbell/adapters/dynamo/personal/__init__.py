"""Everything that is held of a person, table by table: what an export shows and an erasure lets go."""
