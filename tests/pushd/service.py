"""`shopbell.local.pushd.service`, under its first name."""

from shopbell.local.pushd.faults import Trouble
from shopbell.local.pushd.service import PushService, Subscribed

__all__ = ["PushService", "Subscribed", "Trouble"]
