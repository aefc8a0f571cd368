"""Adverts through their pages: scan, joint review, release, archive, ledger of claims."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import ApprovalNotUsableError
from crm_site.common.refusals import NotAllowedError
from crm_site.registers.models import RegisterEntry
from customers.claims.collecting import candidates, take_over
from customers.claims.ledger import published_left_out
from marketing.content.models import Advert, AdvertVersion, PublishedAdvert, PublishedClaim
from marketing.content.selectors import published_claims
from marketing.content.services.adverts import ask_review, release
from marketing.content.services.wording import Wording, write_wording
from tests.conftest import make_user
from tests.marketing.content.conftest import GREEN, TEXT

pytestmark = pytest.mark.django_db


@pytest.mark.spec("MKT-25")
@pytest.mark.spec("PLT-12")
def test_a_banned_word_cannot_pass_and_what_the_scan_found_is_stored(
    client, org, make_advert, marketer, moment
) -> None:
    row = make_advert(text="全城最佳人居，建筑面积约89㎡。")
    version = row.version
    assert (row.passes, version.passes) == (False, False)
    assert [one["found"] for one in version.findings] == ["最佳"]
    assert version.findings[0]["law"].startswith("广告法第九条")
    assert version.policy_version == 1
    refused = client.post(f"/adverts/{row.pk}/ask/", {})
    assert refused.status_code == 409
    assert "最佳" in refused.content.decode()
    row.refresh_from_db()
    assert row.state == "draft"
    assert not Approval.objects.exists()
    page = client.get(f"/adverts/{row.pk}/").content.decode()
    assert "最佳" in page
    with pytest.raises(DatabaseError), transaction.atomic():  # nor past the services
        Advert.objects.filter(pk=row.pk).update(state="review")


def test_a_word_that_needs_proof_waits_for_a_claim_with_evidence(
    client, make_advert, marketer, moment
) -> None:
    row = make_advert(claims=())
    refused = client.post(f"/adverts/{row.pk}/ask/", {})
    assert refused.status_code == 409
    assert "绿化率" in refused.content.decode()
    data = {
        "text": TEXT,
        "facts": "x",
        "kind_1": "planning",
        "claim_1": "绿化率35%",
        "evidence_1": "许可证",
    }
    assert client.post(f"/adverts/{row.pk}/text/", data).status_code == 302
    row.refresh_from_db()
    assert row.passes
    assert list(row.version.claims.values_list("text", "evidence")) == [("绿化率35%", "许可证")]


@pytest.mark.spec("MKT-28")
def test_every_department_signs_and_a_changed_text_voids_the_signatures(
    client, make_advert, marketer, reviewers, sign_all, moment
) -> None:
    row = make_advert()
    approval = ask_review(advert=row, actor=marketer, now=moment)
    assert len(approval.steps) == 6
    sign_all(approval, but=("legal", "final"))
    row.refresh_from_db()
    assert row.state == "review"
    said = client.post(f"/adverts/{row.pk}/text/", {"text": TEXT + "欢迎品鉴。", "facts": "x"})
    assert said.status_code == 302  # the proof is gone with the claim: back to the draft
    row.refresh_from_db()
    assert (row.state, row.approval_id) == ("draft", None)
    changed = Wording(text=TEXT + "欢迎品鉴。", facts="x", claims=(GREEN,))
    write_wording(advert=row, wording=changed, actor=marketer, now=moment)
    approval = ask_review(advert=row, actor=marketer, now=moment)
    sign_all(approval)
    row.refresh_from_db()
    assert row.state == "approved"
    again = Wording(text=TEXT + "欢迎光临。", facts="x", claims=(GREEN,))
    write_wording(advert=row, wording=again, actor=marketer, now=moment)
    row.refresh_from_db()
    approval.refresh_from_db()
    assert row.state == "review"
    assert (approval.state, approval.round) == ("waiting", 2)
    assert approval.signatures.standing().count() == 0
    assert approval.signatures.count() == 6
    page = client.get(f"/adverts/{row.pk}/").content.decode()
    assert "欢迎光临" in page


def test_opinions_belong_to_reviewers_and_to_one_version(
    client_for, client, make_advert, marketer, reviewers, moment
) -> None:
    row = make_advert()
    ask_review(advert=row, actor=marketer, now=moment)
    url = f"/adverts/{row.pk}/"
    assert client_for(reviewers["legal"]).post(url, {"text": ""}).status_code == 422
    assert client_for(reviewers["legal"]).post(url, {"text": "请附许可证"}).status_code == 302
    assert row.version.opinions.get().text == "请附许可证"
    assert "请附许可证" in client.get(url).content.decode()


@pytest.mark.spec("MKT-27")
def test_nothing_is_released_without_its_approval(
    client, make_advert, marketer, sign_all, moment
) -> None:
    row = make_advert()
    assert client.post(f"/adverts/{row.pk}/release/", {}).status_code == 409
    approval = ask_review(advert=row, actor=marketer, now=moment)
    sign_all(approval, but=("final",))
    assert client.post(f"/adverts/{row.pk}/release/", {}).status_code == 409
    row.refresh_from_db()
    assert (row.state, row.released_at) == ("review", None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Advert.objects.filter(pk=row.pk).update(state="released", approval=None)
    Advert.objects.filter(pk=row.pk).update(state="approved")  # a state nobody signed
    with pytest.raises(ApprovalNotUsableError):
        release(advert=row, actor=marketer, now=moment)


@pytest.mark.spec("MKT-29")
def test_a_published_claim_is_found_by_its_words_and_never_removed(
    client, released, org, proof
) -> None:
    url = f"/adverts/{released.pk}/publish/"
    today = timezone.localdate().isoformat()
    data = {"published_on": today, "outlet": "都市晨报 A5", "size": "整版", "cost": "86000"}
    assert client.post(url, data).status_code == 422  # no proof
    assert client.post(url, data | {"proof": proof()}).status_code == 302
    assert client.post(url, data | {"proof": proof()}).status_code == 409
    row = PublishedAdvert.objects.get()
    assert (row.text, row.number, row.cost) == (TEXT, released.number, 86000)
    found = client.get("/adverts/archive/?q=绿化率35").content.decode()
    assert released.number in found
    assert released.number not in client.get("/adverts/archive/?q=地铁").content.decode()
    proven = client.get(f"/adverts/archive/{row.pk}/proof/")
    assert proven.headers["Content-Disposition"].startswith("attachment")
    claim = PublishedClaim.objects.get()
    for act in (
        lambda: PublishedAdvert.objects.filter(pk=row.pk).delete(),
        lambda: PublishedAdvert.objects.filter(pk=row.pk).update(text="x"),
        lambda: PublishedClaim.objects.filter(pk=claim.pk).update(text="x"),
        lambda: PublishedClaim.objects.filter(pk=claim.pk).delete(),
        lambda: AdvertVersion.objects.update(text="x"),
    ):
        with pytest.raises((DatabaseError, PermissionError)), transaction.atomic():
            act()
    effect = client.post(f"/adverts/{released.pk}/effect/", {"effect": "来电 40 组"})
    assert effect.status_code == 302
    released.refresh_from_db()
    assert released.state == "evaluated"


def test_published_claims_have_to_be_in_the_ledger_before_homes_are_handed_over(
    client, released, org, proof, moment
) -> None:
    data = {"published_on": timezone.localdate().isoformat(), "outlet": "晨报", "size": "整版"}
    client.post(f"/adverts/{released.pk}/publish/", data | {"cost": "1", "proof": proof()})
    project = org.project_one
    assert [one.text for one in published_claims(project)] == ["绿化率35%"]
    assert published_left_out(project.pk, moment) == 1
    keeper = make_user(org, "specialist")
    keys = {one.key for one in candidates(project, keeper, now=moment) if one.source == "advert"}
    assert take_over(project=project, keys=keys, actor=keeper, now=moment) == 1
    assert published_left_out(project.pk, moment) == 0
    assert RegisterEntry.objects.get(register="claims").title == "绿化率35%"


def test_who_may_only_read_cannot_write_release_or_sign(
    client_for, org, make_advert, moment
) -> None:
    row, reader = make_advert(), make_user(org, "supervisor")
    seen = client_for(reader)
    assert seen.get(f"/adverts/{row.pk}/").status_code == 200
    assert seen.get(f"/adverts/{row.pk}/text/").status_code == 403
    assert seen.post(f"/adverts/{row.pk}/release/", {}).status_code == 403
    with pytest.raises(NotAllowedError):
        ask_review(advert=row, actor=reader, now=moment)


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_asks_few_questions(client, make_advert, count, django_assert_max_num_queries):
    for _n in range(count):
        make_advert()
    client.get("/adverts/")
    with django_assert_max_num_queries(26):
        assert client.get("/adverts/").status_code == 200
