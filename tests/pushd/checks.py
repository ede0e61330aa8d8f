"""`shopbell.local.pushd.checks`, under its first name."""

from shopbell.local.pushd.checks import Claims, Objection, check_vapid

__all__ = ["Claims", "Objection", "check_vapid"]
