"""`shopbell.local.pushd.service`, under its first name."""

from shopbell.local.pushd.service import PushService, Subscribed, Trouble

__all__ = ["PushService", "Subscribed", "Trouble"]
