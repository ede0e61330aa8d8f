"""`shopbell.local.pushd.personalities`, under its first name."""

from shopbell.local.pushd.personalities import PERSONALITIES, Reply

__all__ = ["PERSONALITIES", "Reply"]
