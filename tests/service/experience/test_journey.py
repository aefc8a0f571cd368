"""The journey: scores from data with the rows behind, the weakest three, touchpoints of all."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.staff.models import User
from customers.models import LeadClock
from service.experience import nodes
from service.experience.models import Touchpoint
from service.experience.rules import (
    Department,
    Measure,
    Node,
    NodeScore,
    adoption_rate,
    score_of,
    weakest,
    without_touchpoint,
)
from service.tickets.models import TicketCallback
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, UserFactory
from tests.service.factories import TicketFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(org) -> User:
    return make_user(org, "service_manager")


@pytest.fixture
def owner(org):
    seller = UserFactory(username="lin", node=org.team_a)
    return CustomerFactory(owner=seller, name="高雅琴")


def test_a_node_weighs_its_sources_by_their_rows() -> None:
    found = score_of(Node.VALUE, [Measure("a", 50.0, 30, 15), Measure("b", 90.0, 10, 1)])
    assert found.score == 60.0
    assert score_of(Node.VALUE, [Measure("a", 0.0, 0, 0)]).score is None
    scores = [
        NodeScore(node, score, [])
        for node, score in zip(Node, (70.0, 90.0, None, 20.0, 70.0), strict=True)
    ]
    assert [one.node for one in weakest(scores)] == [Node.VALUE, Node.BRAND, Node.LOYAL]
    assert without_touchpoint({"sales": 1, "hr": 0}) == [
        one for one in Department if one is not Department.SALES
    ]
    assert adoption_rate(["open", "adopted", "done", "declined"]) == (2, 3)
    assert adoption_rate(["open"]) == (0, 0)


def _tickets(owner, now) -> None:
    def some(count: int, **more) -> None:
        for _ in range(count):
            TicketFactory(customer=owner, opened_at=now - timedelta(days=3), **more)

    some(3, kind="complaint", stage="after_sale")
    some(1, kind="inquiry", stage="after_sale")
    some(1, kind="complaint", stage="after_sale", state="cancelled")  # does not stand
    some(1, kind="complaint", stage="in_sale")
    some(3, kind="inquiry", stage="in_sale")
    some(4, kind="inquiry", stage="pre_sale")
    some(1, kind="inquiry", stage="pre_sale", reopened=1)
    some(2, kind="suggestion", stage="after_sale")
    old = TicketFactory(customer=owner, kind="complaint", stage="pre_sale")
    type(old).objects.filter(pk=old.pk).update(opened_at=now - timedelta(days=200))


@pytest.mark.spec("SVC-62")
def test_the_weakest_three_come_from_data_with_their_rows(client, owner, manager) -> None:
    now = timezone.now()
    _tickets(owner, now)
    lead = LeadFactory(customer=owner)
    for late, start in ((True, 5), (False, 4)):
        LeadClock.objects.filter(lead=lead).delete()
        clock_lead = LeadFactory(customer=owner)
        LeadClock.objects.create(
            lead=clock_lead,
            kind="first_touch",
            started_at=now - timedelta(days=start),
            due_at=now - timedelta(days=start - 1),
            basis="natural",
            limit_minutes=1440,
            policy_version=1,
            calendar_key="desk",
            state="met",
            met_at=now - timedelta(days=start - (2 if late else 0.5)),
        )
    browser = sign_in(client, manager)
    page = browser.get("/experience/")
    scores = {line["score"].node: line["score"].score for line in page.context["nodes"]}
    assert scores == {
        Node.BRAND: 50.0,
        Node.PRODUCT: 80.0,
        Node.SERVICE: 75.0,
        Node.VALUE: 25.0,
        Node.LOYAL: 100.0,
    }
    lines = page.context["weakest"]
    assert [line["score"].node for line in lines] == [Node.VALUE, Node.BRAND, Node.SERVICE]
    for line in lines:
        [(_label, measure)] = line["measures"]
        rows = browser.get(measure.url)
        assert len(rows.context["rows"]) == rows.context["total"] == measure.bad
    assert browser.get("/experience/rows/?source=x&node=value").status_code == 404
    assert browser.get("/experience/rows/?source=tickets&node=x").status_code == 404


@pytest.mark.spec("SVC-62")
def test_callbacks_count_and_a_survey_registers_its_own_source(client, owner, manager) -> None:
    now = timezone.now()
    ticket = TicketFactory(
        customer=owner, kind="inquiry", stage="in_sale", opened_at=now - timedelta(days=2)
    )
    for satisfied in (True, False):
        TicketCallback.objects.create(
            ticket=ticket,
            at=now - timedelta(days=1),
            solved="yes",
            pleasant=5 if satisfied else 1,
            is_satisfied=satisfied,
            by=manager,
        )
    window = nodes.Window(now - timedelta(days=90), now, manager)
    scores = {one.node: one for one in nodes.node_scores(window)}
    assert scores[Node.SERVICE].score == round((100 + 2 * 50) / 3, 1)
    assert scores[Node.LOYAL].score is None
    survey = nodes.NodeSource(
        "survey-x", "问卷", lambda _window: {Node.LOYAL: Measure("survey-x", 42.0, 10, 4, "/")}
    )
    nodes.register_node_source(survey)
    try:
        page = sign_in(client, manager).get("/experience/")
        lines = {line["score"].node: line for line in page.context["nodes"]}
        assert lines[Node.LOYAL]["score"].score == 42.0
        assert "问卷" in page.content.decode()
    finally:
        nodes.forget_node_source("survey-x")
    bad = sign_in(client, manager).get(nodes.rows_url("callbacks", Node.SERVICE))
    assert bad.context["total"] == 1


@pytest.mark.spec("SVC-63")
def test_a_department_without_a_touchpoint_is_flagged(client, manager) -> None:
    browser = sign_in(client, manager)
    form = {
        "name": "前台接待",
        "department": "sales",
        "node": "brand",
        "phase": "viewing",
        "owner": manager.pk,
        "measure": "三分钟内接待",
        "standard": "起身、微笑、递水",
        "pain": "周末排队",
        "action": "加一名接待",
        "is_active": "on",
    }
    assert len(browser.get("/experience/touchpoints/").context["missing"]) == 7
    assert browser.post("/experience/touchpoints/add/", form | {"standard": ""}).status_code == (
        422
    )
    for department in Department:
        data = form | {"name": f"触点 {department.value}", "department": department.value}
        assert browser.post("/experience/touchpoints/add/", data).status_code == 302
    assert browser.get("/experience/touchpoints/").context["missing"] == []
    point = Touchpoint.objects.get(department="hr")
    address = f"/experience/touchpoints/{point.pk}/"
    off = form | {"name": point.name, "department": "hr"}
    del off["is_active"]
    assert browser.post(address, off).status_code == 302
    page = browser.get("/experience/touchpoints/")
    assert len(page.context["missing"]) == 1
    assert str(page.context["missing"][0]) in browser.get("/experience/").content.decode()
    assert "加一名接待" in browser.get("/experience/").content.decode()
    listed = browser.get("/experience/touchpoints/?department=hr").context["rows"]
    assert [row.pk for row in listed] == [point.pk]


def test_who_only_looks_keeps_nothing(client, org) -> None:
    browser = sign_in(client, make_user(org, "marketing"))
    assert browser.get("/experience/").status_code == 200
    assert browser.get("/experience/touchpoints/add/").status_code == 403
    seller = sign_in(client, make_user(org, "consultant"))
    assert seller.get("/experience/").status_code == 403


def test_map_and_register_ask_as_often_for_one_as_for_twenty(client, owner, manager) -> None:
    browser = sign_in(client, manager)
    now = timezone.now()

    def add(number: int) -> None:
        Touchpoint.objects.create(
            name=f"触点{number}",
            department="sales",
            node="brand",
            phase="viewing",
            standard="标准",
            measure="次数",
            owner=UserFactory(),
        )
        TicketFactory(
            customer=owner, kind="complaint", stage="pre_sale", opened_at=now - timedelta(days=1)
        )

    addresses = (
        "/experience/",
        "/experience/touchpoints/",
        "/experience/rows/?source=tickets&node=product",
    )
    add(0)
    counts = {}
    for address in addresses:
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        counts[address] = len(asked)
    for number in range(1, 20):
        add(number)
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        assert len(asked) == counts[address], address
