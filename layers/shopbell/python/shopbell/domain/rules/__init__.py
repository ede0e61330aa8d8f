"""The rule language: a rule is data, validated once, read by everyone, and total: no input makes it raise."""
