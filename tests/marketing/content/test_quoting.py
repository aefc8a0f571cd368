"""Adverts quote selling points with evidence only, and the company profile word for word."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.documents.registry import document_kind
from crm_site.documents.services import Draft, create_document, submit_version
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from marketing.content.services.adverts import ask_review
from marketing.content.services.wording import Wording, write_wording
from marketing.planning.papers import PROFILE
from marketing.planning.registers import POINTS
from tests.marketing.content.conftest import GREEN, TEXT

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
POINT = "会呼吸的外墙"
QUOTING = "湖畔公园旁的家，会 呼吸的外墙。"


@pytest.fixture
def add_point(org, marketer, moment):
    def make(title=POINT, *, evidence="", project=None):
        values = {"kind": "quality", "evidence": evidence, "released": bool(evidence)}
        about = org.project_one.pk
        draft = EntryDraft(title=title, values=values, due_at=None, subject_id=about)
        entry = add_entry(register=POINTS, draft=draft, actor=marketer, now=moment)
        if project is not None:  # one that the author does not see
            RegisterEntry.objects.filter(pk=entry.pk).update(subject_id=project.pk)
        return entry

    return make


@pytest.fixture
def profile(org, marketer, moment):
    """The approved company profile."""
    from tests.conftest import make_user

    sections = document_kind(PROFILE).sections
    parts = tuple({"title": str(one), "text": f"{one}：写明"} for one in sections)
    start = timezone.localdate(moment) - timedelta(days=1)
    draft = Draft(title="企业简介", sections=parts, effective_from=start, effective_until=None)
    chief = make_user(org, "executive")
    paper = create_document(kind=PROFILE, draft=draft, subject_id=None, actor=marketer, now=moment)
    approval = submit_version(document=paper, actor=marketer, now=moment).approval
    sign(approval_id=approval.pk, digest=approval.digest, signer=chief, now=moment)
    return parts


@pytest.mark.spec("MKT-12")
def test_an_advert_that_quotes_a_point_without_evidence_is_not_reviewed(
    client, make_advert, add_point, reviewers
) -> None:
    add_point()
    row = make_advert(text=QUOTING)
    page = client.get(f"/adverts/{row.pk}/", headers=ENGLISH)
    assert page.context["unproven_points"] == [POINT]
    assert "Selling points that adverts may not use yet" in page.content.decode()
    answer = client.post(f"/adverts/{row.pk}/ask/", {}, headers=ENGLISH)
    assert answer.status_code == 409
    assert POINT in answer.content.decode()
    assert not Approval.objects.exists()
    add_point(evidence="幕墙检测报告 2026-03")  # the same point, proven now
    assert client.get(f"/adverts/{row.pk}/").context["unproven_points"] == []
    assert client.post(f"/adverts/{row.pk}/ask/", {}).status_code == 302


@pytest.mark.spec("MKT-12")
@pytest.mark.parametrize("place", ["claim", "region"])
def test_neither_a_claim_nor_a_wider_place_hides_the_point(
    client, make_advert, add_point, reviewers, place
) -> None:
    add_point()
    claim = type(GREEN)("quality", POINT, "口述")
    wide = {"text": QUOTING, "project": None}
    row = make_advert(claims=(GREEN, claim)) if place == "claim" else make_advert(**wide)
    assert client.post(f"/adverts/{row.pk}/ask/", {}).status_code == 409


def test_the_points_of_another_project_hold_nothing_up(
    client, org, make_advert, add_point, reviewers
) -> None:
    add_point(project=org.project_two)
    row = make_advert(text=QUOTING)
    assert client.post(f"/adverts/{row.pk}/ask/", {}).status_code == 302


@pytest.mark.spec("MKT-12")
def test_evidence_that_is_gone_since_the_signatures_stops_the_release(
    client, make_advert, add_point, marketer, sign_all, moment
) -> None:
    point = add_point(evidence="检测报告")
    row = make_advert(text=QUOTING)
    sign_all(ask_review(advert=row, actor=marketer, now=moment))
    values = point.values | {"released": False}
    RegisterEntry.objects.filter(pk=point.pk).update(values=values)
    answer = client.post(f"/adverts/{row.pk}/release/", {})
    assert answer.status_code == 409
    assert POINT in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.released_at) == ("approved", None)


def test_a_text_in_review_that_begins_to_quote_one_goes_back_to_the_draft(
    make_advert, add_point, marketer, reviewers, moment
) -> None:
    add_point()
    row = make_advert()
    approval = ask_review(advert=row, actor=marketer, now=moment)
    wording = Wording(text=f"{TEXT}{POINT}。", facts="x", claims=(GREEN,))
    write_wording(advert=row, wording=wording, actor=marketer, now=moment)
    row.refresh_from_db()
    approval.refresh_from_db()
    assert (row.state, row.approval_id, approval.state) == ("draft", None, "withdrawn")


@pytest.mark.spec("MKT-12")
@pytest.mark.spec("MKT-20")
def test_the_form_offers_proven_points_and_the_profile_and_takes_them_over(
    client, make_advert, add_point, profile
) -> None:
    proven = add_point(evidence="幕墙检测报告")
    bare = add_point("全屋智能")
    row = make_advert()
    url = f"/adverts/{row.pk}/text/"
    form = client.get(url).context["form"]
    assert form.fields["points"].choices == [(str(proven.pk), POINT)]
    assert [label for _key, label in form.fields["profile"].choices] == [
        one["title"] for one in profile
    ]
    data = {"text": QUOTING, "facts": "x", "edit_base": form.edit_base}
    refused = client.post(url, data | {"points": str(bare.pk)})
    assert refused.status_code == 422
    taken = data | {"points": str(proven.pk), "profile": "0"}
    assert client.post(url, taken).status_code == 302
    row.refresh_from_db()
    assert row.version.text == f"{QUOTING}\n{profile[0]['text']}"
    claim = row.version.claims.get(text=POINT)
    assert (claim.kind, claim.evidence) == ("quality", "幕墙检测报告")
