"""Every port in memory, over one world whose tables stay consistent; held to the same contract tests as AWS."""
