"""Counting what reports show: from what the stream of events tells, and by night from the events themselves."""
