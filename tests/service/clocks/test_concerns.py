"""What customers complain about, what is done about it, and how often they complain."""

import re

import pytest
from django.urls import reverse

from crm_site.audit.models import AuditEvent
from customers.handover.models import DeliveryBatch, UnitDelivery
from customers.models import Customer
from service.clocks.models import ConcernMeasure
from service.tickets.models import Ticket
from tests.factories import CustomerFactory, UserFactory
from tests.handover import conftest as handover
from tests.service.clocks.life import moment
from tests.service.factories import CategoryFactory

pytestmark = pytest.mark.django_db
make_units, building, project = handover.make_units, handover.building, handover.project
sell, seller = handover.sell, handover.seller
PAGE, LIST, MEASURE = (
    "service:concern-analysis",
    "service:concern-complaints",
    "service:concern-measure",
)
ROWS = re.compile(r'<th role="rowheader" scope="row"><a href="/tickets/(\d+)/">')
NUMBERS = {"渗漏": 6, "门窗": 5, "噪音": 4, "车位": 3, "绿化": 2, "电梯": 1}


@pytest.fixture
def classes():
    return {name: CategoryFactory(name=name) for name in NUMBERS}


@pytest.fixture
def complaints(life, classes, org):
    cause = CategoryFactory(axis="cause", name="施工")
    for name, number in NUMBERS.items():
        for each in range(number):
            where = org.project_two if each == 1 else org.project_one
            life(
                "05-04 10:00",
                category=classes[name],
                project=where,
                cause=cause if each == 0 else None,
            )
    life("04-04 10:00", category=classes["渗漏"])
    life("05-04 10:00", kind="inquiry")
    life("05-04 10:00", project=org.project_three)
    life("05-04 10:00", category=classes["渗漏"]).move("05-05 10:00", "cancelled")
    life("05-04 10:00")  # nobody classified it yet
    return sum(NUMBERS.values()) + 1


@pytest.fixture
def reader(client_for, service_manager, clock_at):
    clock_at("05-28 12:00")
    return client_for(service_manager)


@pytest.mark.spec("SVC-39")
def test_each_of_the_five_main_concerns_gets_a_measure_or_a_decision(
    complaints, classes, reader, service_manager
):
    page = reader.get(reverse(PAGE))
    top = page.context["top"]
    assert [each.concern.label for each in top] == list(NUMBERS)[:5]
    assert [each.concern.figure.count for each in top] == [6, 5, 4, 3, 2]
    assert page.context["open_concerns"] == 5
    for number, each in enumerate(top):
        assert reader.get(each.add_url).status_code == 200
        data = {"kind": "decision", "text": "暂不采取措施", "owner": "", "due_on": ""}
        if number % 2 == 0:
            data = {
                "kind": "measure",
                "text": "重做防水, 加强验收",
                "owner": service_manager.pk,
                "due_on": "2026-06-30",
            }
        answer = reader.post(each.add_url, data)
        assert answer.status_code == 302, answer.content
    page = reader.get(reverse(PAGE))
    assert page.context["open_concerns"] == 0
    assert all(each.measures for each in page.context["top"])
    text = page.content.decode()
    assert text.count("重做防水") == 3
    assert text.count("暂不采取措施") == 2
    assert AuditEvent.objects.filter(kind="concern.decided").count() == 5


def test_a_measure_needs_somebody_and_a_day(complaints, classes, reader):
    url = reader.get(reverse(PAGE)).context["top"][0].add_url
    page = reader.post(url, {"kind": "measure", "text": "加强验收"})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"owner", "due_on"}
    assert not ConcernMeasure.objects.exists()
    assert reader.post(url, {"kind": "decision", "text": ""}).status_code == 422


def test_measures_belong_to_their_month(complaints, classes, reader, service_manager):
    ConcernMeasure.objects.create(
        month=moment("04-01 00:00").date(),
        category=classes["渗漏"],
        kind="decision",
        text="四月的决定",
        by=service_manager,
        at=moment("04-30 10:00"),
    )
    assert reader.get(reverse(PAGE)).context["top"][0].measures == []
    april = reader.get(reverse(PAGE), {"month": "2026-04"}).context["top"]
    assert [each.measures[0].text for each in april] == ["四月的决定"]


def test_an_unknown_class_or_month_is_no_form(reader, complaints):
    assert reader.get(reverse(MEASURE), {"month": "2026-05"}).status_code == 404
    assert reader.get(reverse(MEASURE), {"category": "x"}).status_code == 404
    CategoryFactory(code="leak")
    assert reader.get(reverse(MEASURE), {"category": "leak"}).status_code == 200
    bad = {"month": "1999-01", "category": "leak"}
    assert reader.get(reverse(MEASURE), bad).status_code == 404


def test_whoever_only_reads_cannot_decide(complaints, client_for, head_office, clock_at):
    clock_at("05-28 12:00")
    page = client_for(head_office).get(reverse(PAGE))
    assert page.status_code == 200
    url = page.context["top"][0].add_url
    assert url not in page.content.decode()
    assert client_for(head_office).get(url).status_code == 403


@pytest.mark.spec("SVC-39")
def test_every_figure_of_the_analysis_opens_exactly_its_complaints(complaints, reader):
    context = reader.get(reverse(PAGE)).context
    for cut in context["cuts"]:
        assert sum(concern.figure.count for concern in cut.concerns) == complaints
        for concern in cut.concerns:
            page = reader.get(concern.figure.url).content.decode()
            assert len(ROWS.findall(page)) == concern.figure.count, (cut.key, concern.label)
    assert {cut.key for cut in context["cuts"]} == {"category", "cause", "project"}


@pytest.mark.spec("SVC-42")
def test_the_complaint_rate_equals_the_query(complaints, reader, org, service_manager, homes):
    early = moment("05-02 10:00")
    for _number in range(8):
        CustomerFactory(project=org.project_one, region=org.region_east)
    Customer.objects.update(created_at=early)
    page = reader.get(reverse(PAGE))
    this = page.context["this"]
    start, end = moment("05-01 00:00"), moment("06-01 00:00")
    seen = Ticket.objects.visible_to(service_manager).standing().filter(kind="complaint")
    number = seen.filter(opened_at__gte=start, opened_at__lt=end).count()
    people = Customer.objects.visible_to(service_manager).filter(created_at__lt=end).count()
    taken = UnitDelivery.objects.visible_to(service_manager).filter(taken_at__lt=end).count()
    assert (number, people > 7, taken) == (complaints, True, homes)
    assert (this.complaints.count, this.customers, this.homes) == (number, people, taken)
    assert this.per_customers == number * 100 / people
    assert this.per_homes == number * 100 / taken
    text = page.content.decode()
    assert re.search(rf'id="per-customers">{number * 100 / people:.2f}<', text)
    assert re.search(rf'id="per-homes">{number * 100 / taken:.2f}<', text)
    assert len(ROWS.findall(reader.get(this.complaints.url).content.decode())) == number
    trend = page.context["rates"]
    assert [rate.complaints.count for rate in trend[-2:]] == [1, number]
    assert page.context["direction"] == ""  # no customers in April: no rate to compare with


@pytest.fixture
def homes(make_units, sell, project):
    """Three homes handed over in the first project, and one that is only invited."""
    batch = DeliveryBatch.objects.create(
        project=project,
        name="一批",
        planned_on=moment("05-20 10:00").date(),
        grade="low",
        grade_version=1,
        **dict.fromkeys(("quality", "schedule", "documents", "facilities"), "low"),
    )
    for number, unit in enumerate(make_units(4)):
        UnitDelivery.objects.create(
            batch=batch,
            unit=unit,
            purchase=sell(unit),
            invited_at=moment("05-10 10:00"),
            due_on=moment("05-20 10:00").date(),
            taken_at=moment("05-21 10:00") if number < 3 else None,
        )
    return 3


@pytest.mark.parametrize(
    ("now_is", "before", "word"),
    [
        (1.0, 2.0, "falling"),
        (2.0, 1.0, "rising"),
        (1.0, 1.0, "same"),
        (None, 1.0, ""),
        (1, None, ""),
    ],
)
def test_falling_is_success(now_is, before, word):
    from service.clocks.selectors.concerns import direction

    assert direction(now_is, before) == word


def test_twenty_complaints_cost_no_more_queries_than_one(life, classes, reader):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = {PAGE: [], LIST: []}
    for number in (1, 19):
        for _each in range(number):
            life("05-04 10:00", category=classes["渗漏"])
        for name, asked in counts.items():
            reader.get(reverse(name))
            with CaptureQueriesContext(connection) as seen:
                reader.get(reverse(name))
            asked.append(len(seen))
    assert all(one == twenty for one, twenty in counts.values())


def test_nobody_of_another_region_is_made_responsible(complaints, reader, org):
    stranger = UserFactory(role="service_manager", node=org.region_south)
    url = reader.get(reverse(PAGE)).context["top"][0].add_url
    data = {"kind": "measure", "text": "加强验收", "owner": stranger.pk, "due_on": "2026-06-30"}
    page = reader.post(url, data)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"owner"}
    gone = reader.post(url, data | {"owner": 1_000_000_007})
    assert gone.context["form"].errors == page.context["form"].errors
