"""A home that was sold with many words."""

from tests.launch.conftest import pages
from tests.purchase.conftest import building, buyer, colleague, make_units, project, seller, unit

__all__ = [
    "building",
    "buyer",
    "colleague",
    "make_units",
    "pages",
    "project",
    "seller",
    "unit",
]
