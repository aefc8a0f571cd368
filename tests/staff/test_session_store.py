"""A database that is away while the session is written is not blamed on the request (A-55)."""

from typing import Any

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client

from crm_site.staff.models import User
from tests.signing_in import sign_in


def _lost(*_args: Any, **_more: Any) -> None:
    raise OperationalError("server closed the connection")


@pytest.fixture
def store(consultant: User, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A session with something to write, while the database is away."""
    changed = sign_in(Client(), consultant).session
    changed["any"] = 1
    monkeypatch.setattr(Session, "save", _lost)
    return changed


@pytest.mark.django_db
def test_a_session_that_cannot_be_written_is_an_outage(store: Any) -> None:
    with pytest.raises(OperationalError):
        store.save()


@pytest.mark.django_db
def test_as_django_has_it_the_request_would_be_blamed(store: Any) -> None:
    """The negative control: the store of Django says that somebody ended the session."""
    with pytest.raises(UpdateError):
        db.SessionStore.save(store)
