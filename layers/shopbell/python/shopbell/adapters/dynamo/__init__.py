"""The ports over DynamoDB; keys.py alone spells keys."""
