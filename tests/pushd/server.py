"""`shopbell.local.pushd.server`, under its first name."""

from shopbell.local.pushd.server import Server, serving

__all__ = ["Server", "serving"]
