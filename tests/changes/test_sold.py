"""Changes that affect sold homes: contracts, telling, answers, money, coverage by rows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.changes.rules import coverage
from customers.changes.sold import KIND, coverage_of
from customers.models import ChangeNotice, HomeChange, Purchase
from customers.purchase.rules import Step
from customers.purchase.services.advancing import Terms, subscribe
from customers.purchase.services.holding import hold_unit
from tests.factories import CustomerFactory
from tests.tools import ENGLISH, blocked, text_of
from tests.works.test_notices import at_noon

pytestmark = pytest.mark.django_db


def decide(client, project, **more):
    form = {
        "kind": "design",
        "title": "外立面由石材改为真石漆",
        "text": "经规划部门批准，外立面材料变更。",
        "decided_on": f"{timezone.localdate():%Y-%m-%d}",
        "needs_consent": "on",
        "compensation": "每平方米 200 元",
    }
    return client.post(f"/projects/{project.pk}/changes/add/", form | more, headers=ENGLISH)


@pytest.mark.spec("SVC-102")
def test_a_change_lists_the_contracts_it_affects_and_is_covered_when_every_buyer_was_told(
    project, building, buyers, pages, engineering, specialist, seller
) -> None:
    assert decide(pages(specialist), project).status_code == 403
    assert decide(pages(engineering), project, building=building.pk).status_code == 302
    change = HomeChange.objects.get()
    assert ChangeNotice.objects.filter(change=change).count() == 4
    url = f"/home-changes/{change.pk}/"
    page = text_of(pages(specialist), url)
    assert all(f"HT-{place}" in page for place in range(4))
    assert all(one.name in page for one in buyers)
    assert "0.0%" in page
    centre = pages(specialist)
    assert centre.post(f"{url}tell/").status_code == 302
    assert Message.objects.filter(kind=KIND).count() == 4
    assert coverage_of(change, now=timezone.now()).told == 0  # written is not told
    deliver_due(now=at_noon())
    found = coverage_of(change, now=timezone.now())
    assert (found.affected, found.told, found.share) == (4, 3, Decimal("0.7500"))
    left = ChangeNotice.objects.get(told_at=None)
    assert left.purchase.customer == buyers[1]  # agreed to no messages
    answer = f"/change-notices/{left.pk}/answer/"
    early = centre.post(answer, {"answer": "agreed"}, headers=ENGLISH)
    assert early.status_code == 422
    assert "Tell the buyer" in early.content.decode()
    assert centre.post(f"/change-notices/{left.pk}/tell/", {"way": "letter"}).status_code == 302
    assert centre.post(f"/change-notices/{left.pk}/tell/", {"way": "letter"}).status_code == 422
    found = coverage_of(change, now=timezone.now())
    assert (found.told, found.share, found.is_late) == (4, Decimal("1.0000"), False)
    page = text_of(centre, url)
    assert "100.0%" in page
    given = {"answer": "agreed", "compensation": "19640", "note": "已签补充协议"}
    assert centre.post(answer, given).status_code == 302
    other = ChangeNotice.objects.exclude(pk=left.pk).order_by("pk").first()
    refused = {"answer": "refused", "compensation": "-1"}
    assert centre.post(f"/change-notices/{other.pk}/answer/", refused).status_code == 422
    refused["compensation"] = ""
    assert centre.post(f"/change-notices/{other.pk}/answer/", refused).status_code == 302
    found = coverage_of(change, now=timezone.now())
    assert (found.agreed, found.refused, found.compensation) == (1, 1, Decimal(19640))
    open_ = blocked(other.purchase, Step.HAND_OVER)
    assert open_ == ["The buyer has not agreed to a change: 外立面由石材改为真石漆"]
    assert blocked(left.purchase, Step.HAND_OVER) == []
    listed = text_of(centre, f"/projects/{project.pk}/changes/")
    assert "4 of 4 told" in listed


def test_a_home_sold_after_the_change_is_told_before_it_is_signed(
    project, buyers, make_units, pages, engineering, seller
) -> None:
    decide(pages(engineering), project)
    unit = buyers[0].purchases.get().unit.building.units.order_by("-pk").first()
    purchase = hold_unit(
        unit=unit, customer=CustomerFactory(owner=seller), actor=seller, now=timezone.now()
    )
    terms = Terms(list_total=Decimal(9), agreed_total=Decimal(9), deposit=Decimal(1))
    done = subscribe(purchase=purchase, terms=terms, actor=seller, now=timezone.now())
    assert ChangeNotice.objects.filter(purchase=done).count() == 1
    assert blocked(done, Step.SIGN) == [
        "The buyer was not told of a change: 外立面由石材改为真石漆"
    ]
    ChangeNotice.objects.filter(purchase=done).update(told_at=timezone.now(), way="visit")
    assert blocked(done, Step.SIGN) == []


def test_a_unit_narrows_a_change_and_a_contract_given_back_leaves_it(
    project, building, buyers, pages, engineering
) -> None:
    home = buyers[0].purchases.get()
    given = {"building": building.pk, "unit_number": home.unit.number}
    assert decide(pages(engineering), project, **given).status_code == 302
    change = HomeChange.objects.get()
    assert [row.purchase for row in change.notices.all()] == [home]
    now = timezone.now()
    Purchase.objects.filter(pk=home.pk).update(state="refunded", ended_at=now)
    found = coverage_of(change, now=now)
    assert (found.affected, found.share) == (0, None)


def test_buyers_who_were_not_told_in_time_are_late(project, buyers, pages, engineering) -> None:
    day = timezone.localdate() - timedelta(days=11)
    decide(pages(engineering), project, decided_on=f"{day:%Y-%m-%d}")
    change = HomeChange.objects.get()
    assert coverage_of(change, now=timezone.now()).is_late
    later = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    assert decide(pages(engineering), project, decided_on=later).status_code == 422
    assert HomeChange.objects.count() == 1


def test_coverage_of_nothing_is_no_figure() -> None:
    assert coverage(told=0, affected=0) is None
    assert coverage(told=2, affected=3) == Decimal("0.6667")


@pytest.mark.parametrize("number", [1, 20])
def test_the_contracts_of_a_change_cost_the_same_for_1_and_20(
    project, make_units, pages, engineering, specialist, seller, django_assert_num_queries, number
) -> None:
    from tests.works.conftest import sold

    for place, unit in enumerate(make_units(number)):
        sold(unit, CustomerFactory(owner=seller), seller, contract_no=f"HT-{place}")
    decide(pages(engineering), project)
    url = f"/home-changes/{HomeChange.objects.get().pk}/"
    browser = pages(specialist)
    browser.get(url)
    with django_assert_num_queries(CONTRACT_QUERIES):
        assert browser.get(url).status_code == 200


CONTRACT_QUERIES = 6  # one counts what waits for the signature of a specialist
