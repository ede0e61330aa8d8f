"""Plugins that every kind of test may use."""

pytest_plugins = ["tests.engine", "tests.grouping"]
