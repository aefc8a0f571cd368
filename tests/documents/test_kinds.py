"""A kind described at run time lives its whole life without code or template of its own."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.documents.models import Document, DocumentEffect, DocumentVersion
from crm_site.documents.registry import DocumentKind, forget_kind, register_kind
from crm_site.documents.services import create_document, readers_of, submit_version
from crm_site.documents.services.telling import watch
from crm_site.outbox.models import Message
from tests.documents.signing import FIRST_DAY, draft, paper_in_force, people_for

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
LETTER = DocumentKind(
    key="commitment",
    label="Price commitment letter",
    prefix="PC",
    edit_permission="customers.sell_unit",
    approvers=("customers.control_units",),
    subject_kind="unit",
    reader_roles=frozenset({"finance"}),
    sections=("Price", "Until when"),
)


@pytest.fixture(autouse=True)
def letter():
    register_kind(LETTER)
    yield LETTER
    forget_kind("commitment")


def test_new_kind_is_written_signed_read_and_announced(
    client_for, unit, seller, supervisor, finance
) -> None:
    now = timezone.now()
    pages = client_for(seller)
    form = pages.get("/documents/add/commitment/", headers=ENGLISH)
    assert "Until when" in form.content.decode()
    assert str(unit) in form.content.decode()
    data = {
        "title": "价格承诺",
        "subject_id": str(unit.pk),
        "effective_from": "2026-01-01",
        "effective_until": (now.date() + timedelta(days=20)).isoformat(),
        "holder": str(seller.pk),
        "rows": "1",
        "s1-title": "Price",
        "s1-text": "一口价",
    }
    assert pages.post("/documents/add/commitment/", data).status_code == 302
    document = Document.objects.get()
    assert document.number.startswith("PC-")
    version = submit_version(document=document, actor=seller, now=now)
    boss = client_for(supervisor)
    signing = f"/approvals/{version.approval_id}/sign/"
    assert boss.post(signing, {"digest": version.approval.digest}).status_code == 302
    assert DocumentVersion.objects.get().state == "approved"
    assert list(readers_of(document)) == [finance]
    assert Message.objects.filter(kind="document.to_read").get().recipient == finance
    shown = client_for(finance).get(f"/documents/{document.pk}/", headers=ENGLISH)
    assert "Price commitment letter" in shown.content.decode()
    assert (watch(now=now), watch(now=now)) == (1, 0)
    assert Message.objects.filter(kind="document.runs_out").get().recipient == seller
    later = now + timedelta(days=22)
    assert (watch(now=later), watch(now=later)) == (1, 0)
    assert DocumentEffect.objects.count() == 2


def test_kind_without_approval_counts_at_once(client_for, project, consultant, now) -> None:
    writer, _reviewer, _approver = people_for(project)
    document = create_document(
        kind="notice", draft=draft("周末值班"), subject_id=None, actor=writer, now=now
    )
    seen = client_for(consultant)
    assert seen.get(f"/documents/{document.pk}/").status_code == 404
    pages = client_for(writer)
    assert pages.post(f"/documents/{document.pk}/submit/").status_code == 302
    assert seen.get(f"/documents/{document.pk}/").status_code == 200


def test_draft_of_a_next_version_can_be_thrown_away(client_for, project, now) -> None:
    document = paper_in_force("sales-manual", project, now)
    writer, _reviewer, _approver = people_for(project)
    pages = client_for(writer)
    assert pages.post(f"/documents/{document.pk}/discard/").status_code == 409
    form = pages.get(f"/documents/{document.pk}/edit/").context["form"]
    data = {bound.html_name: bound.value() or "" for bound in form if bound.name != "file"}
    data |= {"title": "改名", "edit_base": form.edit_base, "effective_from": "2026-01-01"}
    pages.post(f"/documents/{document.pk}/edit/", data)
    assert Document.objects.get().title == "改名"
    assert pages.post(f"/documents/{document.pk}/discard/").status_code == 302
    assert Document.objects.get().title == "销售手册"
    assert DocumentVersion.objects.get().number == 1


def test_more_sections_are_offered_without_saving(client_for, project) -> None:
    writer, _reviewer, _approver = people_for(project)
    data = {"title": "手册", "rows": "2", "s1-text": "已写", "more": "1"}
    page = client_for(writer).post("/documents/add/notice/", data)
    assert page.status_code == 200
    assert len(page.context["form"].sections()) == 4
    assert "已写" in page.content.decode()
    assert not Document.objects.exists()


def test_list_costs_the_same_for_one_and_twenty(client_for, project, consultant, now) -> None:
    paper_in_force("sales-manual", project, now)
    pages = client_for(consultant)
    pages.get("/documents/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        pages.get("/documents/")
    for _number in range(19):
        paper_in_force("sales-manual", project, now)
    with CaptureQueriesContext(connection) as twenty:
        page = pages.get("/documents/")
    assert len(page.context["rows"]) == 20
    assert len(twenty) == len(one)


def test_two_kinds_cannot_share_a_prefix() -> None:
    twin = DocumentKind(key="twin", label="Twin", prefix="SM", edit_permission="x")
    with pytest.raises(ImproperlyConfigured):
        register_kind(twin)


def test_paper_is_in_force_by_date(project, now) -> None:
    paper_in_force("sales-manual", project, now, effective_until=date(2030, 1, 1))
    in_force = Document.objects.in_force
    assert in_force(FIRST_DAY).count() == 1
    assert in_force(date(2030, 1, 1)).count() == 1
    assert in_force(date(2030, 1, 2)).count() == 0
