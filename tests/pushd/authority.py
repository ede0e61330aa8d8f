"""`shopbell.local.pushd.authority`, under its first name."""

from shopbell.local.pushd.authority import Authority, found_authority

__all__ = ["Authority", "found_authority"]
