"""The pages of value: lists, segments, the tab of the record, money, rights, number of queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.kpis.hooks import collector_of, costs_of
from analytics.kpis.kinds import COMPANY, Asking, Period, ScopeKind
from analytics.value.brought import KPI
from analytics.value.models import CostPool, CustomerIncome, CustomerValue
from analytics.value.services.booking import CostDraft, book_cost
from analytics.value.services.valuing import value_customers
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry, close_entry
from customers.models import CustomerGrade, Interaction
from service.surveys.models import SurveyResponse
from tests.analytics.value.conftest import refuse
from tests.conftest import make_user
from tests.factories import CustomerFactory, InteractionFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def shown(client, url, **query):
    answer = client.get(url, query, headers=ENGLISH)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def graded(customer, grade, now):
    return CustomerGrade.objects.create(
        customer=customer, grade=grade, score=50, points=[], policy_version=1, graded_at=now
    )


@pytest.mark.spec("ANA-44")
def test_segments_open_the_customers_of_a_cell(client_for, executive, seller, sign, owner, now):
    graded(owner, "A", now)
    prospects = [CustomerFactory(owner=seller, buying_stage="deciding") for _n in range(3)]
    graded(prospects[0], "C", now)
    value_customers(now=now)
    client = client_for(executive)
    for method in ("value", "need", "behaviour", "stage"):
        answer = client.get(reverse("analytics:value-segments"), {"method": method})
        matrix = answer.context["matrix"]
        assert matrix.total == 4 == sum(line.total.count for line in matrix.rows)
        assert sum(matrix.totals) == 4
        for line in matrix.rows:
            assert sum(figure.count for figure in line.figures) == line.total.count
            for figure in (*line.figures, line.total):
                if figure.count:
                    page = client.get(figure.url)
                    assert len(page.context["rows"]) == figure.count
    assert client.get(reverse("analytics:value-segments"), {"method": "x"}).status_code == 404
    stage = client.get(reverse("analytics:value-list"), {"by_stage": "deciding", "grade": "C"})
    assert [row.customer_id for row in stage.context["rows"]] == [prospects[0].pk]


@pytest.mark.spec("CUS-81")
@pytest.mark.spec("ANA-57")
def test_the_record_shows_both_values_with_their_drivers(client_for, seller, owner, now):
    value_customers(now=now)
    promise(owner, seller, now, due=now - timedelta(days=5), kept=True)
    promise(owner, seller, now, due=now - timedelta(days=3), kept=False)
    url = reverse("analytics:customer-value", args=[owner.pk])
    text = shown(client_for(seller), url)
    row = CustomerValue.objects.get(customer=owner)
    assert f"¥{row.net:,.2f}" in text
    assert "¥2,000,000 × 20%" in text
    assert "¥400,000" in text
    assert "Promises kept in time" in text
    assert "50 of 100, weight 20" in text
    assert f"model {row.model_id}" in text
    assert "Value for the customer" in text


def promise(customer, actor, now, *, due, kept):
    entry = add_entry(
        register="promises",
        draft=EntryDraft(
            title="送中央空调",
            values={"kind": "promise", "promised_by": actor.name},
            subject_id=customer.pk,
            due_at=due,
        ),
        actor=actor,
        now=due - timedelta(days=9),
    )
    if kept:
        close_entry(
            entry=entry, outcome="kept", evidence="已装", actor=actor, now=due - timedelta(days=1)
        )
    return entry


def test_who_refuses_is_not_assessed_anywhere(client_for, executive, seller, owner, now):
    value_customers(now=now)
    refuse(owner, now)  # before the next run
    client = client_for(executive)
    assert owner.name not in shown(client, reverse("analytics:value-list"))
    matrix = client.get(reverse("analytics:value-segments")).context["matrix"]
    assert matrix.total == 0
    text = shown(client_for(seller), reverse("analytics:customer-value", args=[owner.pk]))
    assert "Not assessed" in text
    assert "Next best contact" not in text
    assert "Gross value" not in text


@pytest.mark.spec("ANA-54")
def test_the_next_contact_follows_answers_and_discipline(client_for, seller, owner, now):
    evening = now.replace(hour=11, minute=0)  # 19:00 in Shanghai
    days = [evening - timedelta(days=back) for back in range(1, 40)]
    weekdays = [day for day in days if (day + timedelta(hours=8)).weekday() < 5][:6]
    for day in weekdays:
        InteractionFactory(customer=owner, channel="phone", result="reached", at=day)
        morning = day.replace(hour=2)
        InteractionFactory(customer=owner, channel="wechat", result="no_answer", at=morning)
    url = reverse("analytics:customer-value", args=[owner.pk])
    contact = client_for(seller).get(url).context["contact"]
    assert str(contact["channel"]) == "电话"
    assert (contact["hours"], contact["is_weekend"]) == ("18:00–21:00", False)
    assert contact["at"] >= now
    assert contact["at"].weekday() < 5
    owner.opt_outs.create(channel="phone", at=now)
    other = client_for(seller).get(url).context["contact"]
    assert str(other["channel"]) != "电话"
    owner.consent_events.create(
        purpose="contact",
        is_given=False,
        text_version=1,
        text_digest="0" * 64,
        channel="phone",
        at=now,
    )
    answer = client_for(seller).get(url, headers=ENGLISH)
    assert "does not want to be contacted" in answer.content.decode()
    assert Interaction.objects.filter(customer=owner).count() == 12


def test_the_money_of_customers_is_booked_and_reversed_at_pages(client_for, finance, owner, now):
    client = client_for(finance)
    url = reverse("analytics:value-income-add")
    data = {
        "customer": owner.pk,
        "kind": "fee",
        "amount": "3600.50",
        "received_on": "2026-01-05",
        "reference": "WY-1",
    }
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 422
    assert client.post(url, data | {"amount": "-1", "reference": "WY-2"}).status_code == 422
    income = CustomerIncome.objects.get()
    assert "WY-1" in shown(client, reverse("analytics:value-incomes"))
    back = reverse("analytics:value-income-reverse", args=[income.pk])
    assert client.post(back).status_code == 302
    assert client.post(back).status_code == 409
    url = reverse("analytics:value-cost-add")
    data = {
        "project": owner.project_id,
        "kind": "care",
        "month_on": now.date().isoformat(),
        "amount": "90",
        "reference": "CB-9",
    }
    assert client.post(url, data).status_code == 302
    pool = CostPool.objects.get()
    text = shown(client, reverse("analytics:value-cost", args=[pool.pk]))
    assert owner.name in text
    assert "¥90" in shown(client, reverse("analytics:value-costs"))
    back = reverse("analytics:value-cost-reverse", args=[pool.pk])
    assert client.post(back).status_code == 302
    assert client.post(back).status_code == 409
    assert sum(CostPool.objects.values_list("amount", flat=True)) == 0


def test_rights_and_areas(client_for, executive, seller, owner, org, now):
    value_customers(now=now)
    names = [
        *("value-list", "value-likely", "value-segments", "value-clusters", "value-rules"),
        *("value-forecasts", "value-model", "value-advice", "value-mix", "value-costs"),
        "value-incomes",
    ]
    for name in names:
        assert client_for(executive).get(reverse(f"analytics:{name}")).status_code == 200, name
        assert client_for(seller).get(reverse(f"analytics:{name}")).status_code == 403, name
    tab = reverse("analytics:customer-value", args=[owner.pk])
    elsewhere = make_user(org, "consultant_c")
    assert client_for(elsewhere).get(tab).status_code == 404
    assert client_for(make_user(org, "agent")).get(tab).status_code == 403
    supervisor = client_for(make_user(org, "supervisor"))
    for name in ("value-mix-add", "value-cost-add", "value-income-add"):
        assert supervisor.get(reverse(f"analytics:{name}")).status_code == 403


@pytest.mark.parametrize("name", ["value-list", "value-likely", "value-segments", "value-costs"])
def test_pages_draw_with_few_statements(client_for, executive, finance, seller, project, now, name):
    from analytics.value.models import LikelyValue

    def fill(number):
        for place in range(number):
            one = CustomerFactory(owner=seller)
            LikelyValue.objects.create(
                customer=one, chance=Decimal("0.7"), drivers=[["budget", 1.2]], found_at=now
            )
            draft = CostDraft(
                kind="care",
                month_on=date(2026, 1, 1),
                project=project,
                amount=Decimal(5),
                reference=f"CB-{one.pk}-{place}",
                customer=one,
            )
            book_cost(draft=draft, actor=finance, now=now)
        value_customers(now=now)

    def queries():
        client = client_for(executive)
        url = reverse(f"analytics:{name}")
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    fill(1)
    one = queries()
    fill(19)
    assert queries() == one


@pytest.mark.spec("ANA-09")
def test_the_kpis_get_cost_and_lifetime_value(client_for, executive, owner, finance, now):
    draft = CostDraft(
        kind="service",
        month_on=now.date(),
        project=owner.project,
        amount=Decimal(77),
        reference="CB-7",
        customer=owner,
    )
    book_cost(draft=draft, actor=finance, now=now)
    value_customers(now=now)
    today = now.date()
    period = Period(today.replace(day=1), today + timedelta(days=1))
    found = [cost for cost in costs_of(period, now) if cost.label == "CB-7"]
    assert [(cost.kind, cost.amount) for cost in found] == [("service", Decimal(77))]
    collector = collector_of(KPI)
    asking = Asking(period, COMPANY, now)
    reading, rows = collector.read(asking), collector.rows(asking)
    row = CustomerValue.objects.get(customer=owner)
    assert (reading.value, reading.n) == (row.gross, 1)
    assert (rows.count, rows.total) == (reading.n, reading.top)
    assert collector.by_place(period, ScopeKind.CONSULTANT, now) == {owner.owner_id: reading}


@pytest.mark.spec("ANA-58")
def test_a_finding_of_research_has_a_receiver_and_gets_an_answer(client_for, marketing, now):
    client = client_for(marketing)
    url = reverse("registers:entry-add", args=["needs-research"])
    data = {
        "title": "年轻家庭想要更大的储物空间",
        "project": "2026 年需求研究",
        "method": "interviews",
        "evidence": "36 户访谈",
        "owner": marketing.pk,
        "due_at": "2027-01-31T18:00",
    }
    assert client.post(url, data).status_code == 422  # nobody receives it
    assert client.post(url, data | {"receiver": "design"}).status_code == 302
    entry = RegisterEntry.objects.get()
    assert entry.values["receiver"] == "design"
    close = reverse("registers:entry-close", args=[entry.pk])
    assert client.post(close, {"outcome": "used", "evidence": ""}).status_code == 422
    answer = {"outcome": "used", "evidence": "二期户型加储藏间"}
    assert client.post(close, answer).status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.evidence) == ("used", "二期户型加储藏间")
    assert SurveyResponse.objects.count() == 0


def test_an_entry_with_the_longest_number_can_be_reversed(client_for, finance, owner, now):
    client, number = client_for(finance), "W" * 60
    income = {"customer": owner.pk, "kind": "fee", "amount": "1", "received_on": "2026-01-05"}
    url = reverse("analytics:value-income-add")
    assert client.post(url, income | {"reference": number}).status_code == 302
    entry = CustomerIncome.objects.get()
    back = reverse("analytics:value-income-reverse", args=[entry.pk])
    assert client.post(back).status_code == 302
    assert CustomerIncome.objects.get(reverses=entry).reference == f"{'W' * 58}-R"
    cost = {"project": owner.project_id, "kind": "care", "month_on": now.date(), "amount": "90"}
    url = reverse("analytics:value-cost-add")
    assert client.post(url, cost | {"reference": number}).status_code == 302
    back = reverse("analytics:value-cost-reverse", args=[CostPool.objects.get().pk])
    assert client.post(back).status_code == 302
