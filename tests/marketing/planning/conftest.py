"""Who plans and signs, and the clock of pages and jobs."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crm_site.approvals.services import sign
from crm_site.documents.models import Document
from crm_site.documents.registry import document_kind
from crm_site.documents.services import Draft, create_document, submit_version
from crm_site.staff.models import User
from tests.conftest import make_user


@pytest.fixture
def marketer(org: Any) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def chief(org: Any) -> User:
    return make_user(org, "executive")


@pytest.fixture
def client(client_for: Any, marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], datetime]:
    """Set the clock of pages and jobs."""

    def put(moment: datetime) -> datetime:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return put


@pytest.fixture
def write(marketer: User, now: datetime) -> Callable[..., Document]:
    """Write a draft of a kind, every part filled in but those left out."""

    def make(
        kind: str,
        *,
        without: str = "",
        start: date = date(2026, 1, 1),
        end: date | None = None,
        about: int | None = None,
    ) -> Document:
        found = document_kind(kind)
        assert found is not None
        parts = [
            {"title": str(one), "text": "" if str(one) == without else f"{one} 写明"}
            for one in found.sections
        ]
        draft = Draft(
            title="云栖里", sections=tuple(parts), effective_from=start, effective_until=end
        )
        return create_document(kind=kind, draft=draft, subject_id=about, actor=marketer, now=now)

    return make


@pytest.fixture
def approve(marketer: User, chief: User, now: datetime) -> Callable[..., Document]:
    """Have a draft signed."""

    def make(document: Document, *, at: datetime = now) -> Document:
        version = submit_version(document=document, actor=marketer, now=at)
        approval = version.approval
        assert approval is not None
        sign(approval_id=approval.pk, digest=approval.digest, signer=chief, now=at)
        return document

    return make
