"""Coupons over DynamoDB."""
