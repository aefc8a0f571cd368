"""The people and units that questionnaires are about."""

from tests.purchase.conftest import building, make_units, project, unit

__all__ = ["building", "make_units", "project", "unit"]
