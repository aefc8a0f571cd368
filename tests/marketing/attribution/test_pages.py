"""The table, its models, the contracts behind each figure, files, and who sees what."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from crm_site.audit.models import AuditEvent
from customers.models import Receipt
from marketing.attribution.hooks import known_groups
from marketing.attribution.models import AttributionShare
from marketing.attribution.rules import Model
from marketing.attribution.rules.groups import Group
from marketing.attribution.services.computing import compute
from marketing.campaigns.models import CostItem
from marketing.channels.models import Channel
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory
from tests.marketing.attribution.conftest import at

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = "from=2026-01&until=2026-12"
URL = "/attribution/"


@pytest.fixture
def sold(buy, touch, pay):
    """Three contracts: two by paid channels, one by an owner's word, with money back on one."""
    made = [buy(f"2026-03-0{day}") for day in (1, 2, 3)]
    touch(made[0].customer, ("2026-02-01", "website", "spring"), ("2026-02-05", "agent"))
    touch(made[1].customer, ("2026-02-01", "referral"))
    pay(made[0], 1000, "2026-03-05")
    pay(made[0], -200, "2026-05-05")
    pay(made[1], 600, "2026-03-05")
    pay(made[2], 90, "2026-03-05")
    compute(now=at("2026-06-01"))
    return made


def lines(page):
    return {line.code: line for line in page.context["table"].lines}


@pytest.mark.spec("MKT-74")
def test_the_table_adds_up_to_the_receipts_under_each_model(sold, client_for, org) -> None:
    client = client_for(make_user(org, "executive"))
    received = Receipt.objects.aggregate(yuan=Sum("amount"))["yuan"]
    for model in Model:
        page = client.get(f"{URL}?{YEAR}&model={model.value}")
        table = page.context["table"]
        assert page.status_code == 200
        assert table.total.amount == received == D(1490)
        assert table.total.by_model == [received] * len(Model)
        assert sum(line.amount for line in table.lines) == received
        assert table.total.contracts == 3
    page = client.get(f"{URL}?{YEAR}&model=linear")
    found = lines(page)
    assert {code: line.amount for code, line in found.items()} == {
        "website": D(400),
        "agent": D(400),
        "referral": D(600),
        "": D(90),
    }
    assert list(found)[-1] == ""  # what belongs to nobody stands last, in a row of its own
    assert found["website"].amounts["first"] == D(800)
    assert found["agent"].amounts["last"] == D(800)
    assert lines(client.get(f"{URL}?from=2026-05&until=2026-05"))["agent"].amount == D(-100)
    by_campaign = lines(client.get(f"{URL}?{YEAR}&model=linear&by=campaign"))
    assert by_campaign["spring"].amount == D(400)


@pytest.mark.spec("MKT-74")
def test_each_figure_opens_the_contracts_that_add_up_to_it(sold, client_for, cashier) -> None:
    client = client_for(cashier)
    for model in ("linear", "markov", "ownership"):
        for line in client.get(f"{URL}?{YEAR}&model={model}").context["table"].lines:
            behind = client.get(f"/attribution/contracts/?{line.query}")
            assert behind.context["whole"] == {"yuan": line.amount, "number": line.contracts}
            rows = [row for row, _seen in behind.context["rows"]]
            assert sum(row.amount for row in rows) == line.amount
            assert len({row.purchase_id for row in rows}) == line.contracts
    text = client.get(f"/attribution/contracts/?{YEAR}&model=last&code=agent").content.decode()
    assert reverse("marketing:purchase-attribution", args=[sold[0].pk]) in text
    one = client.get(reverse("marketing:purchase-attribution", args=[sold[0].pk]))
    assert [label for _touch, label in one.context["path"].touches] == ["官网", "渠道中介"]
    every = D("100.0")
    half, owned = D("50.0"), [*[None] * (len(Model) - 1), every]
    found = {label: parts for label, _campaign, parts in one.context["path"].lines}
    assert list(found) == ["渠道中介", "官网", "未归因"]  # nobody's row stands last
    assert found["未归因"] == owned  # nobody has a claim, whatever was touched
    assert (found["官网"][:3], found["渠道中介"][:3]) == ([every, None, half], [None, every, half])
    assert [sum(part or 0 for part in parts) for parts in zip(*found.values(), strict=True)] == [
        every
    ] * len(Model)


@pytest.mark.spec("MKT-17")
def test_word_of_mouth_stands_apart_from_paid_channels(sold, client_for, org) -> None:
    page = client_for(make_user(org, "executive")).get(f"{URL}?{YEAR}&model=linear")
    groups = {line.code: line for line in page.context["table"].groups}
    assert {code: line.amount for code, line in groups.items()} == {
        "paid": D(400),
        "word_of_mouth": D(600),
        "own": D(400),
        "nobody": D(90),
    }
    assert groups["word_of_mouth"].part == D("40.3")
    arrivals = page.context["arrivals"]
    assert [number for _label, number, _part in arrivals.by_group] == [1, 1, 1]
    assert arrivals.introductions == 1
    assert lines(page)["referral"].group_label == groups["word_of_mouth"].group_label


@pytest.mark.spec("MKT-17", "MKT-66")
def test_what_the_channels_say_of_themselves_counts_before_the_built_in_table(
    sold, client_for, org
) -> None:
    """Introductions stay word of mouth, our own site counts as paid once it costs money."""
    for code, kind, subtype, is_paid in (
        ("referral", "referral", "owner", True),
        ("website", "online", "website", True),
        ("agent", "offline", "walk_in", False),
        ("app", "offline", "other", False),
    ):
        Channel.objects.create(code=code, name=code, type=kind, subtype=subtype, is_paid=is_paid)
    assert known_groups() == {
        "referral": Group.WORD_OF_MOUTH,
        "website": Group.PAID,
        "agent": Group.OWN,
    }
    page = client_for(make_user(org, "executive")).get(f"{URL}?{YEAR}&model=linear")
    said = {code: line.group.value for code, line in lines(page).items()}
    assert said == {"website": "paid", "agent": "own", "referral": "word_of_mouth", "": "nobody"}
    assert [line.amount for line in page.context["table"].groups] == [D(400), D(600), D(400), D(90)]


def test_only_contracts_of_ones_customers_count_and_what_was_paid_is_masked(
    sold, client_for, org, buy, touch, pay
) -> None:
    other = UserFactory(username="far", name="远", node=org.team_b)
    far = buy("2026-03-04", customer=CustomerFactory(owner=other))
    pay(far, 5000, "2026-03-05")
    compute(now=at("2026-06-01"))
    marketer = client_for(make_user(org, "marketing"))
    page = marketer.get(f"{URL}?{YEAR}")
    assert page.context["table"].total.amount == D(1490)
    assert marketer.get(f"/attribution/contracts/{far.pk}/").status_code == 404
    behind = marketer.get(f"/attribution/contracts/?{YEAR}&model=last&code=agent")
    assert [seen for _row, seen in behind.context["rows"]] == [False, False]
    assert "****" in behind.content.decode()
    assert client_for(make_user(org, "specialist")).get(URL).status_code == 403


@pytest.mark.spec("ANA-22")
def test_return_by_channel_and_campaign_by_hand(sold, client_for, org) -> None:
    for code, amount in (("agent", 30), ("advertising", 10)):
        CostItem.objects.create(
            on=date(2026, 3, 1),
            amount=D(amount),
            note="投放",
            state="paid",
            channel_code=code,
            project=org.project_one,
            region=org.region_east,
        )
    client = client_for(make_user(org, "executive"))
    found = lines(client.get(f"{URL}?{YEAR}&model=last"))
    # 800 yuan received, 15 % earned: (120 - 30) / 30
    assert (found["agent"].cost, found["agent"].roi) == (D(30), D("300.00"))
    assert found["advertising"].roi == D("-100.00")  # spent, and nothing came of it
    assert found["referral"].roi is None
    supervisor = client_for(make_user(org, "supervisor")).get(f"{URL}?{YEAR}")
    assert not supervisor.context["table"].with_cost


def test_the_table_is_taken_along_as_csv_and_workbook(sold, client_for, org) -> None:
    AttributionShare.objects.filter(channel_code="agent").update(channel_code="=1+1")
    client = client_for(make_user(org, "executive"))
    text = client.get(f"/attribution/csv/?{YEAR}&model=linear").content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "600.00" in text
    book = load_workbook(io.BytesIO(client.get(f"/attribution/xlsx/?{YEAR}").content))
    rows = list(book.active.values)
    assert [row[3] for row in rows[-1:]] == [1490]
    assert AuditEvent.objects.filter(kind="attribution.exported").count() == 2


def test_what_cannot_be_read_falls_back_and_an_empty_month_says_so(client_for, org) -> None:
    client = client_for(make_user(org, "executive"))
    page = client.get(f"{URL}?model=nonsense&from=x&until=2026-13&project=9x&by=moon")
    assert page.status_code == 200
    assert page.context["asked"].model is Model.LINEAR
    assert "签约" in page.content.decode() or "signed" in page.content.decode()


def test_pages_take_few_statements_however_many_contracts(
    sold, buy, touch, pay, client_for, org
) -> None:
    client = client_for(make_user(org, "executive"))
    urls = (f"{URL}?{YEAR}", f"/attribution/contracts/?{YEAR}&model=first&code=website")

    def counts():
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as taken:
                assert client.get(url).status_code == 200
            found.append(len(taken))
        return found

    for url in urls:
        client.get(url)
    few = counts()
    for number in range(20):
        bought = buy("2026-03-09")
        touch(bought.customer, ("2026-02-01", "website"))
        pay(bought, 100 + number, "2026-03-10")
    compute(now=at("2026-06-01"))
    assert counts() == few


def test_the_way_to_a_contract_takes_few_statements_however_long_it_is(
    sold, touch, client_for, cashier
) -> None:
    client = client_for(cashier)
    url = reverse("marketing:purchase-attribution", args=[sold[1].pk])
    counts = []
    for number in (1, 20):
        client.get(url)
        with CaptureQueriesContext(connection) as taken:
            assert len(client.get(url).context["path"].touches) == number
        counts.append(len(taken))
        touch(sold[1].customer, *[(f"2026-02-{day:02d}", "website") for day in range(2, 21)])
    assert counts[0] == counts[1]
