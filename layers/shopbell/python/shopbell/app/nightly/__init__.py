"""What is done for each store at night: statistics, scores, an audit of a sample, and recounts."""
