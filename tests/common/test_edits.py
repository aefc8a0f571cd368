"""Two saves of one form at the same moment (A-49)."""

import contextlib
import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from crm_site.common import edits
from customers.models import Tag
from tests.access.page_forms import PageForm, posting_forms
from tests.conftest import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.check("A-49")]


def opened(client: Client, url: str) -> PageForm:
    return next(form for form in posting_forms(client.get(url)) if "edit_base" in form.names)


@pytest.mark.parametrize("guarded", [True, False])
def test_two_saves_at_the_same_moment(
    org: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    """Both compare before either writes unless the record is held: then one change is lost."""
    boss = make_user(org, "supervisor")
    tag = Tag.objects.create(name="学区", group="need", owner=boss)
    clients = [client_for(boss) for _ in range(2)]
    url = reverse("customers:tag-edit", args=[tag.pk])
    forms = [opened(client, url) for client in clients]
    compared = threading.Barrier(2, timeout=2)
    real = edits.Edit.has_moved

    def slow(self: Any, form: Any, standing: Any) -> bool:
        moved = real(self, form, standing=standing)
        # broken when the other waits for the lock: it compares after this one has written
        with contextlib.suppress(threading.BrokenBarrierError):
            compared.wait()
        return moved

    monkeypatch.setattr(edits.Edit, "has_moved", slow)
    if not guarded:
        monkeypatch.setattr(edits.Edit, "lock", lambda self: None)
    statuses: list[int] = []

    def save(number: int) -> None:
        try:
            answer = clients[number].post(
                url, forms[number].data(idempotency_key=None, name=f"改{number}")
            )
            statuses.append(answer.status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ([302, 409] if guarded else [302, 302])
