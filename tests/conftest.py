"""Plugins that every kind of test may use, and how laws are tried: no example is wrong because a machine is busy."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.engine", "tests.grouping"]
settings.register_profile("shopbell", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shopbell")
