"""The cast: one organisation, one account per role, one moment in time."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from crm_site.staff.models import User
from tests.factories import NOW, Organisation, UserFactory
from tests.plugins.prepared_database import (
    django_db_keepdb,
    django_db_setup,
    django_db_use_migrations,
    restored_database,
)
from tests.signing_in import sign_in

# override pytest-django's
__all__ = [
    "django_db_keepdb",
    "django_db_setup",
    "django_db_use_migrations",
    "restored_database",
]


@pytest.fixture
def now() -> datetime:
    """Wednesday 20 May 2026, 10:32 in Shanghai."""
    return NOW


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """No rate limit, heartbeat or lock of another test is seen."""
    cache.clear()


@pytest.fixture(autouse=True)
def _language_of_the_site() -> Iterator[None]:
    """Begin and end in the language of the site, whatever the last page was asked in."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def org(db: None) -> Organisation:
    return Organisation()


# role or account key -> attribute of the organisation where it works
HOMES = {
    "consultant": "team_a",
    "consultant_b": "team_a",
    "consultant_c": "team_b",
    "supervisor": "team_a",
    "marketing": "project_one",
    "channel": "project_one",
    "agent": "region_east",
    "specialist": "project_one",
    "service_manager": "region_east",
    "engineering": "project_one",
    "finance": "region_east",
    "executive": "region_east",
    "head_office": "head",
    "sysadmin": "head",
    "secadmin": "head",
    "auditor": "head",
    "privacy": "head",
}


def make_user(org: Organisation, key: str) -> User:
    """Return the account ``key`` of the cast, in its place of the organisation."""
    place = getattr(org, HOMES[key])
    node = getattr(place, "node", place)
    role = "consultant" if key.startswith("consultant") else key
    return UserFactory(username=key, name=key, role=role, node=node)


@pytest.fixture
def cast(org: Organisation) -> dict[str, User]:
    """Every account of the cast by its key."""
    return {key: make_user(org, key) for key in HOMES}


def _account(key: str) -> Callable[..., User]:
    @pytest.fixture(name=key)
    def account(org: Organisation) -> User:
        existing = User.objects.filter(username=key).first()
        return existing or make_user(org, key)

    return account


for _key in HOMES:
    globals()[f"_{_key}"] = _account(_key)


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """Return a browser-like client logged in as the given account, second factor included."""
    return lambda user: sign_in(Client(), user)
