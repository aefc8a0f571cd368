"""The small site and its templates, for the tests of the frame."""

from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import LazySettings


@pytest.fixture
def site(settings: LazySettings) -> None:
    """Serve tests.common.site instead of the product."""
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.common.site"
