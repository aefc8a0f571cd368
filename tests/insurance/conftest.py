"""A project with homes, and who keeps its insurance."""

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
