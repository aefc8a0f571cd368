"""A project with a building of units, its papers, and the people who keep it."""

import zlib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.staff.models import User
from customers.models import Certificate, Project, ProjectPhase
from customers.property.rules import CertificateKind, PhaseKind
from tests.conftest import make_user
from tests.factories import Organisation
from tests.purchase.conftest import (  # noqa: F401 -- fixtures
    building,
    buyer,
    make_units,
    project,
    seller,
    unit,
)

AREA = Decimal("100.00")


@pytest.fixture
def executive(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def marketing(org: Organisation) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def phases(project: Project, today: date) -> dict[str, ProjectPhase]:  # noqa: F811 -- a fixture
    """All seven phases planned, the one before the launch running."""
    rows = {
        kind.value: ProjectPhase(
            project=project,
            kind=kind.value,
            planned_from=today + timedelta(days=place * 10 - 45),
            planned_until=today + timedelta(days=place * 10 - 36),
            started_on=today if kind is PhaseKind.PRE_LAUNCH else None,
        )
        for place, kind in enumerate(PhaseKind)
    }
    ProjectPhase.objects.bulk_create(rows.values())
    return rows


@pytest.fixture
def papers(project: Project, today: date) -> list[Certificate]:  # noqa: F811 -- a fixture
    """The five certificates, the last of them with an end in a year."""
    return Certificate.objects.bulk_create(
        Certificate(
            project=project,
            kind=kind.value,
            number=f"2026-{place:04d}",
            issued_on=today - timedelta(days=300),
            expires_on=today + timedelta(days=365) if kind is CertificateKind.PRESALE else None,
        )
        for place, kind in enumerate(CertificateKind)
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    crc = zlib.crc32(kind + content)
    return len(content).to_bytes(4, "big") + kind + content + crc.to_bytes(4, "big")


def png(*more: bytes) -> bytes:
    """Return a PNG of one grey point, with more chunks before its end."""
    head = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    body = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


@pytest.fixture
def boss_of(org: Organisation) -> User:
    return make_user(org, "supervisor")


@pytest.fixture
def colleague_of_other_project(org: Organisation) -> User:
    return make_user(org, "consultant_c")


@pytest.fixture
def head_office(org: Organisation) -> User:
    return make_user(org, "head_office")
