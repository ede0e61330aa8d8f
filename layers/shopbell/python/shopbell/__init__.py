"""Shopbell: serverless Web Push for online stores."""
