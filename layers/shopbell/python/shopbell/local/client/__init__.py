"""The management API on the command line: what each command calls, and how its answer is shown."""
