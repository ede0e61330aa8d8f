"""The ports over DynamoDB; `keys` alone spells keys."""
