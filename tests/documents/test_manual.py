"""A sales manual through its pages: written, approved, confirmed, replaced; who still has not."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.audit.models import AuditEvent
from crm_site.documents.models import Acknowledgement, Document, DocumentVersion
from crm_site.outbox.models import Message
from customers.property.papers import manual_gap, missing_acknowledgements
from tests.common.test_pictures import PLACE, jpeg

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
ADD = "/documents/add/sales-manual/"


def posted(project, **more) -> dict:
    data = {
        "title": "云栖湾销售手册",
        "subject_id": str(project.pk),
        "effective_from": "2026-01-01",
        "effective_until": "",
        "note": "",
        "rows": "2",
        "s1-title": "规划",
        "s1-text": "容积率 2.5，绿地率 35%。",
        "s2-title": "",
        "s2-text": "",
    }
    return data | more


@pytest.fixture
def pages(client_for):
    """Give a browser to each person."""
    known = {}

    def of(user):
        if user.pk not in known:
            known[user.pk] = client_for(user)
        return known[user.pk]

    return of


@pytest.fixture
def written(pages, project, marketing):
    """A draft of the manual, written by marketing."""
    pages(marketing).post(ADD, posted(project, holder=str(marketing.pk)))
    return Document.objects.get()


def edit(pages, user, document, **more):
    page = pages(user).get(f"/documents/{document.pk}/edit/", headers=ENGLISH)
    form = page.context["form"]
    data = {bound.html_name: bound.value() or "" for bound in form if bound.name != "file"}
    data |= {"edit_base": form.edit_base, "effective_from": "2026-01-01"} | more
    return pages(user).post(f"/documents/{document.pk}/edit/", data, headers=ENGLISH)


def submit(pages, user, document):
    return pages(user).post(f"/documents/{document.pk}/submit/", headers=ENGLISH)


def sign(pages, user):
    approval = Approval.objects.latest("pk")
    url = f"/approvals/{approval.pk}/sign/"
    return pages(user).post(url, {"digest": approval.digest}, headers=ENGLISH)


def read(pages, user, document):
    """Open the document and confirm what was shown."""
    page = pages(user).get(f"/documents/{document.pk}/", headers=ENGLISH)
    digest = re.search(r'name="digest" value="(\w+)"', page.content.decode())
    data = {"version": page.context["version"].number, "digest": digest.group(1)}
    return pages(user).post(f"/documents/{document.pk}/acknowledge/", data, headers=ENGLISH)


def test_manual_is_written_approved_and_confirmed_by_each_consultant(
    pages, project, written, marketing, executive, consultant, consultant_b, consultant_c
) -> None:
    now, node = timezone.now(), project.node
    assert written.number == f"SM-{written.pk:05d}"
    with override("en"):
        assert manual_gap(node, now=now).startswith("There is no sales manual in force.")
    assert missing_acknowledgements(node, now=now) == [consultant, consultant_b]
    hidden = pages(consultant).get(f"/documents/{written.pk}/")
    assert hidden.status_code == 404  # a draft is for those who write and sign
    assert submit(pages, marketing, written).status_code == 302
    asked = pages(executive).get(f"/approvals/{Approval.objects.get().pk}/", headers=ENGLISH)
    assert "容积率 2.5" in asked.content.decode()
    assert sign(pages, executive).status_code == 302
    version = DocumentVersion.objects.get()
    assert (version.state, version.approval.state) == ("approved", "used")
    signed = pages(marketing).get(f"/documents/{written.pk}/", headers=ENGLISH)
    assert "Signed by" in signed.content.decode()
    assert "2 people have not confirmed it yet" in signed.content.decode()
    told = Message.objects.filter(kind="document.to_read").values_list("recipient", flat=True)
    assert sorted(told) == sorted([consultant.pk, consultant_b.pk])
    waiting = pages(consultant).get("/documents/?state=to_read", headers=ENGLISH)
    assert "云栖湾销售手册" in waiting.content.decode()
    assert read(pages, consultant, written).status_code == 302
    assert missing_acknowledgements(node, now=timezone.now()) == [consultant_b]
    assert "consultant_b" in manual_gap(node, now=timezone.now())
    after = pages(consultant).get("/documents/?state=to_read", headers=ENGLISH)
    assert "云栖湾销售手册" not in after.content.decode()
    assert read(pages, consultant_b, written).status_code == 302
    assert missing_acknowledgements(node, now=timezone.now()) == []
    assert manual_gap(node, now=timezone.now()) == ""
    assert pages(consultant_c).get(f"/documents/{written.pk}/").status_code == 404
    kinds = AuditEvent.objects.filter(kind__startswith="document.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "document.written",
        "document.submitted",
        "document.approved",
        "document.acknowledged",
        "document.acknowledged",
    ]


@pytest.fixture
def in_force(pages, written, marketing, executive):
    submit(pages, marketing, written)
    sign(pages, executive)
    return written


def test_next_version_supersedes_and_asks_everybody_again(
    pages, project, in_force, marketing, executive, consultant, consultant_b
) -> None:
    for person in (consultant, consultant_b):
        read(pages, person, in_force)
    assert edit(pages, marketing, in_force, **{"s1-text": "容积率 2.8"}).status_code == 302
    now = timezone.now()
    assert missing_acknowledgements(project.node, now=now) == []  # a draft changes nothing
    old = pages(consultant).get(f"/documents/{in_force.pk}/")
    assert "容积率 2.5" in old.content.decode()
    assert "容积率 2.8" not in old.content.decode()
    assert pages(consultant).get(f"/documents/{in_force.pk}/versions/2/").status_code == 404
    submit(pages, marketing, in_force)
    sign(pages, executive)
    now = timezone.now()
    assert missing_acknowledgements(project.node, now=now) == [consultant, consultant_b]
    first = pages(consultant).get(f"/documents/{in_force.pk}/versions/1/", headers=ENGLISH)
    assert "no longer in force" in first.content.decode()
    assert first.context["standing"] == "superseded"
    stale = {"version": 1, "digest": Acknowledgement.objects.first().digest}
    refused = pages(consultant).post(f"/documents/{in_force.pk}/acknowledge/", stale)
    assert refused.status_code == 409
    assert Acknowledgement.objects.filter(version__number=2).count() == 0


def test_changed_text_voids_the_signatures(pages, project, marketing, executive, service_manager):
    url = "/documents/add/uniform-wording/"
    pages(marketing).post(url, posted(project, holder=str(marketing.pk)))
    document = Document.objects.get()
    submit(pages, marketing, document)
    sign(pages, service_manager)
    assert ApprovalSignature.objects.standing().count() == 1
    assert edit(pages, marketing, document, **{"s1-text": "绿地率 30%"}).status_code == 302
    assert ApprovalSignature.objects.standing().count() == 0
    assert DocumentVersion.objects.get().state == "review"
    sign(pages, executive)
    assert DocumentVersion.objects.get().state == "review"
    sign(pages, service_manager)
    assert DocumentVersion.objects.get().state == "approved"


def test_who_did_not_ask_cannot_change_a_text_in_review(pages, written, marketing, executive):
    submit(pages, marketing, written)
    refused = edit(pages, executive, written, **{"s1-text": "容积率 9"})
    assert refused.status_code == 409
    assert "容积率 2.5" in DocumentVersion.objects.get().text


def test_refusal_makes_it_a_draft_again_with_the_reason(pages, written, marketing, executive):
    submit(pages, marketing, written)
    approval = Approval.objects.get()
    pages(executive).post(f"/approvals/{approval.pk}/refuse/", {"reason": "缺不利因素"})
    assert DocumentVersion.objects.get().state == "draft"
    page = pages(marketing).get(f"/documents/{written.pk}/", headers=ENGLISH)
    assert "缺不利因素" in page.content.decode()
    assert submit(pages, marketing, written).status_code == 302


def test_consultant_may_not_write_and_nothing_is_written(pages, project, consultant, in_force):
    data = posted(project, holder=str(consultant.pk))
    assert pages(consultant).post(ADD, data).status_code == 403
    assert edit_status(pages, consultant, in_force) == 403
    assert submit(pages, consultant, in_force).status_code == 403
    assert (Document.objects.count(), DocumentVersion.objects.count()) == (1, 1)


def edit_status(pages, user, document) -> int:
    return pages(user).get(f"/documents/{document.pk}/edit/").status_code


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "required"),
        ("effective_until", "2025-12-31", "lies before the first"),
        ("s1-text", "长" * 20_001, "at most 20000"),
        ("subject_id", "999999999", "valid choice"),
    ],
)
def test_wrong_input_is_named_and_nothing_is_written(
    pages, project, marketing, field, value, message
) -> None:
    data = posted(project, holder=str(marketing.pk)) | {field: value}
    page = pages(marketing).post(ADD, data, headers=ENGLISH)
    assert page.status_code == 422
    assert message in page.content.decode()
    assert not Document.objects.exists()


def test_empty_document_is_not_sent(pages, project, marketing) -> None:
    data = posted(project, holder=str(marketing.pk)) | {"s1-title": "", "s1-text": ""}
    pages(marketing).post(ADD, data)
    page = submit(pages, marketing, Document.objects.get())
    assert page.status_code == 409
    assert "nothing to read" in page.content.decode()
    assert not Approval.objects.exists()


def test_somebody_elses_change_is_seen_before_it_is_overwritten(
    pages, written, marketing, executive
) -> None:
    url = f"/documents/{written.pk}/edit/"
    form = pages(executive).get(url).context["form"]
    data = {bound.html_name: bound.value() or "" for bound in form if bound.name != "file"}
    data |= {"edit_base": form.edit_base, "effective_from": "2026-01-01", "s1-text": "高层"}
    edit(pages, marketing, written, **{"s1-text": "容积率 3.0"})
    page = pages(executive).post(url, data, headers=ENGLISH)
    assert page.status_code == 409
    assert "容积率 3.0" in page.content.decode()
    assert "容积率 3.0" in DocumentVersion.objects.get().text


def test_file_is_judged_by_its_bytes_kept_encrypted_and_only_saved(
    pages, project, marketing, consultant
) -> None:
    data = posted(project, holder=str(marketing.pk))
    fake = SimpleUploadedFile("plan.pdf", b"<html><script>alert(1)</script>")
    page = pages(marketing).post(ADD, data | {"file": fake}, headers=ENGLISH)
    assert page.status_code == 422
    assert not Document.objects.exists()
    photo = SimpleUploadedFile("../总 平.jpg.exe", jpeg())
    pages(marketing).post(ADD, data | {"file": photo})
    document = Document.objects.get()
    url = f"/documents/{document.pk}/versions/1/file/"
    answer = pages(marketing).get(url)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert PLACE not in answer.content
    assert answer.content.startswith(b"\xff\xd8\xff")
    assert pages(consultant).get(url).status_code == 404


def test_part_of_the_text_finds_it_but_not_a_draft(
    pages, project, in_force, marketing, consultant
) -> None:
    edit(pages, marketing, in_force, **{"s1-text": "地铁口秘密"})

    def found(user, text) -> bool:
        page = pages(user).get("/documents/", {"q": text}, headers=ENGLISH)
        return "云栖湾销售手册" in page.content.decode()

    assert found(consultant, "绿地率")
    assert found(consultant, "积 栖湾")
    assert found(consultant, in_force.number)
    assert not found(consultant, "率地绿")
    assert not found(consultant, "秘密")
    assert found(marketing, "秘密")


def test_planned_version_counts_from_its_first_day(
    pages, project, in_force, marketing, executive
) -> None:
    first = timezone.localdate() + timedelta(days=3)
    edit(pages, marketing, in_force, effective_from=first.isoformat(), **{"s1-text": "新口径"})
    submit(pages, marketing, in_force)
    sign(pages, executive)
    counting = DocumentVersion.objects.in_force
    assert counting(first - timedelta(days=1)).get().number == 1
    assert counting(first).get().number == 2
    assert counting(date(2025, 1, 1)).count() == 0
