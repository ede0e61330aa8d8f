"""What is done for each store at night: statistics, scores, a recount of sizes, and an audit of a sample."""
