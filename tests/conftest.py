"""Fixtures shared by all tests. The servers are started by `devstack.pytest_plugin`."""
