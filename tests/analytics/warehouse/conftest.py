"""A company full of chance events."""

import pytest

from analytics.warehouse.services.refreshing import refresh_cubes
from tests.analytics.warehouse.world import Chance
from tests.factories import Organisation


@pytest.fixture
def world(org: Organisation) -> Chance:
    return Chance(org)


@pytest.fixture
def cubed(world, now) -> Chance:
    """The world with its summary tables written."""
    done = refresh_cubes(now=now)
    assert done.ran
    assert done.is_finished
    return world
