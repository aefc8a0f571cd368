"""Four modules of prevention, covered as far as the rows say (ANA-73)."""

import datetime as dt
import re
import uuid
from decimal import Decimal
from typing import Any

import pytest

from analytics.kpis.kinds import COMPANY, Asking, Period, Place, ScopeKind
from analytics.warehouse.prevention import MODULES, churn, modules
from customers.models import ConstructionNode, Meeting
from customers.paperwork.models import PaperFile
from customers.pricing.models import PriceLetter, PriceList, UnitPrice
from customers.purchase.models import Purchase
from customers.signing.models import SigningRequest
from customers.works.models import NodeReport
from tests.analytics.warehouse.stories import Story
from tests.factories import NOW, InteractionFactory

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.timedelta(days=1)
MAY = Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))
PAGE = "/analytics/prevention/"


@pytest.fixture
def story(org) -> Story:
    return Story(org)


def covered(place: Place = COMPANY, user: Any = None) -> dict[str, Decimal | None]:
    found = modules(Asking(MAY, place, NOW, user))
    return {each.mechanism.key: each.reading.value for module in found for each in module.coverages}


def sell(story: Story, *, letter: bool = False, lost: bool = False, **more: Any) -> Purchase:
    more = {"subscribed_at": NOW - 5 * DAY, "signed_at": None, "state": "subscribed"} | more
    if lost:
        more |= {"state": "cancelled", "ended_at": NOW - DAY}
    purchase = story.purchase(story.unit(), **more)
    if letter:
        PriceLetter.objects.create(
            number=f"L{purchase.pk}",
            project=story.project,
            customer=purchase.customer,
            unit=purchase.unit,
            total=1,
            valid_from=NOW - 5 * DAY,
            valid_until=NOW + 90 * DAY,
            remedy="退差价",
            issued_by=story.seller,
            digest="",
            document=b"",
        )
    return purchase


def sign_online(story: Story, purchase: Purchase, state: str = "signed") -> None:
    paper = PaperFile.objects.create(
        name="合同.pdf",
        media_type="application/pdf",
        size=1,
        digest=uuid.uuid4().hex,
    )
    SigningRequest.objects.create(
        purchase=purchase,
        provider="mock",
        contract_no="1",
        document=paper,
        state=state,
        sent_by=story.seller,
        expires_at=NOW,
        ended_at=NOW,
    )


@pytest.mark.spec("ANA-73")
def test_nothing_is_covered_before_there_are_rows(org) -> None:
    assert set(covered().values()) == {None}
    assert [module.mean for module in modules(Asking(MAY, COMPANY, NOW))] == [None] * 4


@pytest.mark.spec("ANA-73")
def test_price_transparency_counts_published_prices_and_letters(story: Story) -> None:
    units = [story.unit() for _n in range(4)]
    approved = PriceList.objects.create(
        project=story.project,
        number=1,
        state="approved",
        reason="开盘",
        effective_at=NOW - DAY,
        author=story.seller,
    )
    draft = PriceList.objects.create(
        project=story.project, number=2, reason="调价", author=story.seller
    )
    for unit, where in zip(units, (approved, approved, approved, draft), strict=True):
        UnitPrice.objects.create(
            price_list=where,
            unit=unit,
            unit_price=1,
            floor_coefficient=1,
            public_total=100,
            floor_total=90,
        )
    assert covered()["wall"] == 75
    for letter in (True, False, False, False):
        sell(story, letter=letter)
    sell(story, letter=True, subscribed_at=NOW - 60 * DAY)
    assert covered()["letter"] == 25
    assert covered(Place(ScopeKind.PROJECT, story.org.project_two.pk))["letter"] is None


@pytest.mark.spec("ANA-73")
def test_delivery_quality_counts_nodes_an_outside_report_let_pass(story: Story) -> None:
    for number, (passed, result) in enumerate(((True, "passed"), (False, "passed"), (True, ""))):
        node = ConstructionNode.objects.create(
            project=story.project,
            kind="other",
            name=f"节点{number}",
            planned_on=dt.date(2026, 5, 1),
            is_key=True,
            reached_on=dt.date(2026, 5, 4),
            result=result,
            accepted_on=dt.date(2026, 5, 5) if result else None,
        )
        report(story, node, passed=passed)
    ConstructionNode.objects.create(
        project=story.project,
        kind="other",
        name="不关键",
        planned_on=dt.date(2026, 5, 1),
        reached_on=dt.date(2026, 5, 4),
    )
    assert covered()["outside"] == D("33.3333")


def report(story: Story, node: ConstructionNode, *, passed: bool) -> None:
    NodeReport.objects.create(
        node=node,
        name="报告.pdf",
        media_type="application/pdf",
        size=1,
        digest=uuid.uuid4().hex,
        body="authority",
        organisation="质监站",
        reported_on=dt.date(2026, 5, 5),
        has_passed=passed,
        author=story.seller,
    )


@pytest.mark.spec("ANA-73")
def test_digital_service_counts_online_signatures_and_bookings(story: Story) -> None:
    signed = {"state": "signed", "signed_at": NOW - 2 * DAY}
    sold = [sell(story, **signed) for _n in range(4)]
    sign_online(story, sold[0])
    sign_online(story, sold[1], state="declined")
    assert covered()["signing"] == 25
    for seat, link in enumerate(("abc", "")):
        Meeting.objects.create(
            kind="viewing",
            title="看房",
            owner=story.seller,
            project=story.project,
            starts_at=NOW - DAY,
            ends_at=NOW - DAY + dt.timedelta(hours=1),
            seat=seat,
            link=link,
        )
    assert covered()["viewing"] == 50


@pytest.mark.spec("ANA-73")
def test_customer_relations_are_those_of_the_kpis(story: Story) -> None:
    for met in (2, 4, 30, 50):
        story.answered(received=NOW - 60 * dt.timedelta(hours=1), given=1, met=met)
    assert covered()["first"] == 50


@pytest.mark.spec("ANA-73")
def test_churn_is_compared_between_those_reached_and_the_others(story: Story) -> None:
    price = MODULES[0]
    for letter, lost in ((True, True), *[(True, False)] * 3, (False, True), (False, False)):
        sell(story, letter=letter, lost=lost)
    sell(story, letter=True, lost=True, subscribed_at=NOW - 500 * DAY)
    found = churn(price, Asking(MAY, COMPANY, NOW))
    assert (found.reached.value, found.reached.n) == (25, 4)
    assert (found.others.value, found.others.n) == (50, 2)
    assert found.difference == 25
    relations = MODULES[3]
    spoken = Purchase.objects.filter(state="cancelled").first()
    InteractionFactory(customer=spoken.customer, at=spoken.subscribed_at + DAY)
    assert churn(relations, Asking(MAY, COMPANY, NOW)).reached.n == 1


@pytest.mark.spec("ANA-73")
def test_the_page_shows_four_modules_and_says_where_there_is_no_data(
    story: Story, client_for, head_office, django_assert_max_num_queries
) -> None:
    browser = client_for(head_office)
    browser.get(PAGE)
    for number in (1, 20):
        for _n in range(number):
            sell(story, letter=True)
        with django_assert_max_num_queries(30):
            page = browser.get(PAGE, {"period": "2026-05"})
    body = page.content.decode()
    assert len(re.findall(r'id="m-\w+"', body)) == 4
    assert re.search(r'id="c-letter"><span class="b">100\.0 %', body)
    assert "21/21" in body
    signing = re.search(r'id="c-signing">(.*?)</li>', body, re.DOTALL)
    assert signing is not None
    assert "soft" in signing[1]
    assert 'b">' not in signing[1]
    assert browser.get(PAGE, {"period": "x"}).status_code == 422


def test_another_region_is_not_shown(story: Story, client_for, executive) -> None:
    asked = {"place": f"project-{story.org.project_three.pk}"}
    assert client_for(executive).get(PAGE, asked).status_code == 404


def test_a_node_of_the_next_month_or_of_tomorrow_is_not_counted(story: Story) -> None:
    def reached(day: dt.date, *, passed: bool) -> None:
        node = ConstructionNode.objects.create(
            project=story.project,
            kind="other",
            name=f"节点{day}",
            planned_on=day,
            is_key=True,
            reached_on=day,
            result="passed" if passed else "failed",
            accepted_on=day,
        )
        report(story, node, passed=passed)

    def outside(now: str) -> Decimal | None:
        asking = Asking(MAY, COMPANY, dt.datetime.fromisoformat(now))
        (delivery,) = [each for each in modules(asking) if each.module.key == "delivery"]
        return delivery.coverages[0].reading.value

    reached(dt.date(2026, 5, 20), passed=True)
    reached(dt.date(2026, 6, 1), passed=False)
    assert outside("2026-06-05T10:00+08:00") == 100
    # the day has begun in Beijing and not yet in Greenwich
    assert outside("2026-05-19T22:00+00:00") == 100
    assert outside("2026-05-19T22:00+08:00") is None
