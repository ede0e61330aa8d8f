"""Lambda's glue: settings, wiring, observability, and AWS events turned into domain values."""
