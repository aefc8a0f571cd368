"""Sold homes, a building node before them, and the people who change them."""

from tests.launch.conftest import pages
from tests.purchase.conftest import building, buyer, colleague, make_units, project, seller, unit
from tests.works.conftest import buyers, node

__all__ = [
    "building",
    "buyer",
    "buyers",
    "colleague",
    "make_units",
    "node",
    "pages",
    "project",
    "seller",
    "unit",
]
