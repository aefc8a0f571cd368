"""Every claim is compared with what was built before a home is handed over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from customers.claims.ledger import CLAIMS, claims_for
from customers.models import Purchase
from customers.purchase.rules import Step
from tests.documents.signing import paper_in_force
from tests.factories import CustomerFactory
from tests.tools import ENGLISH, blocked, text_of
from tests.works.conftest import sold

pytestmark = pytest.mark.django_db
LEFT_OUT = "1 promise to the buyer is missing in the ledger of claims"
MANUAL = "楼间距 60 米。\n地下车库直达电梯厅。"


@pytest.fixture
def home(unit, buyer, seller) -> Purchase:
    return sold(unit, buyer, seller, contract_no="HT-1")


def promise(buyer, seller, title="赠送储藏间") -> RegisterEntry:
    values = {"kind": "promise", "promised_by": "林知夏"}
    due = timezone.now() + timedelta(days=30)
    draft = EntryDraft(title=title, values=values, due_at=due, subject_id=buyer.pk)
    return add_entry(register="promises", draft=draft, actor=seller, now=timezone.now())


def add(client, project, source, title, **more):
    form = {"source": source, "title": title, "reference": "《都市报》2026-03-08 A5 版"}
    url = f"/registers/claims/add/?subject={project.pk}"
    return client.post(url, form | more, headers=ENGLISH)


def close(client, entry, outcome, evidence):
    data = {"outcome": outcome, "evidence": evidence}
    return client.post(f"/registers/entries/{entry.pk}/close/", data)


@pytest.mark.spec("SVC-103", "BEY-06")
def test_every_claim_is_traced_to_what_was_built_before_the_handover(
    home, project, buyer, seller, pages, specialist
) -> None:
    now, centre = timezone.now(), pages(specialist)
    paper_in_force("sales-manual", project, now, text=MANUAL)
    paper_in_force("uniform-wording", project, now, text="交房时间以合同为准")
    promised = promise(buyer, seller)
    assert blocked(home, Step.HAND_OVER) == [LEFT_OUT]
    url = f"/projects/{project.pk}/claims/"
    page = text_of(centre, url)
    said = ("楼间距 60 米。", "地下车库直达电梯厅。", "交房时间以合同为准", "赠送储藏间")
    assert all(words in page for words in said)
    keys = [one.key for one, _source in centre.get(url).context["candidates"]]
    assert len(keys) == 4
    assert pages(seller).post(f"{url}take/", {"claim": keys}).status_code == 403
    assert centre.post(f"{url}take/", {"claim": keys}).status_code == 302
    assert centre.post(f"{url}take/", {"claim": keys}).status_code == 302
    assert RegisterEntry.objects.of(CLAIMS).count() == 4
    assert centre.get(url).context["candidates"] == []
    for source, title in (("advert", "双地铁 300 米"), ("contract", "精装交付")):
        assert add(centre, project, source, title).status_code == 302
    sources = {
        entry.values["source"]: entry.values["reference"]
        for entry in RegisterEntry.objects.of(CLAIMS)
    }
    assert sources.keys() == {"manual", "wording", "consultant", "advert", "contract"}
    assert sources["consultant"] == f"promise:{promised.pk}"
    assert sources["manual"].startswith("SM-")
    assert blocked(home, Step.HAND_OVER) == ["6 claims were not compared with what was built"]
    page = text_of(centre, f"/purchases/{home.pk}/claims/")
    assert "6 claims were not compared with what was built" in page
    entries = list(RegisterEntry.objects.of(CLAIMS).order_by("pk"))
    assert close(centre, entries[0], "met", " ").status_code == 422
    for entry in entries[:5]:
        assert close(centre, entry, "met", "实测 61 米，见竣工图").status_code == 302
    assert blocked(home, Step.HAND_OVER) == ["1 claim was not compared with what was built"]
    unmet = close(centre, entries[5], "unmet", "仅公共部位精装；退还差价 3 万元")
    assert unmet.status_code == 302
    assert blocked(home, Step.HAND_OVER) == []
    states = set(RegisterEntry.objects.of(CLAIMS).values_list("state", flat=True))
    assert states == {"met", "unmet"}
    page = text_of(centre, f"/purchases/{home.pk}/claims/")
    assert "退还差价 3 万元" in page
    assert "Some unmet" in text_of(pages(seller), f"/purchases/{home.pk}/")


def test_a_promise_to_one_buyer_holds_for_that_home_only(
    home, project, buyer, seller, pages, specialist, make_units
) -> None:
    promise(buyer, seller)
    centre = pages(specialist)
    url = f"/projects/{project.pk}/claims/"
    keys = [one.key for one, _source in centre.get(url).context["candidates"]]
    centre.post(f"{url}take/", {"claim": keys})
    other = home.unit.building.units.exclude(pk=home.unit_id).first()
    neighbour = sold(other, CustomerFactory(owner=seller), seller, contract_no="HT-2")
    assert claims_for(home).count() == 1
    assert claims_for(neighbour).count() == 0
    assert blocked(neighbour, Step.HAND_OVER) == []


def test_a_promise_of_a_consultant_names_its_purchase(project, pages, specialist, seller) -> None:
    refused = add(pages(specialist), project, "consultant", "送车位")
    assert refused.status_code == 422
    assert "Name the purchase" in refused.content.decode()
    assert add(pages(seller), project, "advert", "双地铁").status_code == 403
    assert not RegisterEntry.objects.of(CLAIMS).exists()
