"""`shopbell.local.pushd.receivers`, under its first name."""

from shopbell.local.pushd.receivers import Receiver, new_receiver

__all__ = ["Receiver", "new_receiver"]
