"""The people who write, sign and read papers."""

from tests.purchase.conftest import building, buyer, make_units, project, seller, unit

__all__ = ["building", "buyer", "make_units", "project", "seller", "unit"]
