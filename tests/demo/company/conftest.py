"""The demo company, built once for all tests of this folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

COUNT = 600


@dataclass(frozen=True)
class Demo:
    """What was planted, and when the company stood."""

    planted: dict[str, Any]
    now: datetime


@pytest.fixture(scope="package")
def demo(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """Build the company of 600 customers once for this folder; nothing of it stays afterwards."""
    path = tmp_path_factory.mktemp("simulation") / "demo" / "truth.json"
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", customers=COUNT, seed=7, truth=path, verbosity=0)
        connection.check_constraints()  # once, and not again at the end of each test
        yield Demo(json.loads(path.read_text(encoding="utf-8")), timezone.now())
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def truth(demo: Demo) -> dict[str, Any]:
    """Return the planted truth of the company."""
    return demo.planted


@pytest.fixture(scope="package")
def company(demo: Demo) -> datetime:
    """Return the moment of the company."""
    return demo.now
