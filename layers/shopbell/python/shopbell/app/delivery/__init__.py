"""From a decision to a push: plan a run, page through its audience, send its chunks."""
