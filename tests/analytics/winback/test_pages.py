"""The pages of warnings, cases and results; who sees what; how many statements they take."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics.churn.models import ChurnRun
from analytics.kpis.kinds import COMPANY, Asking, Period
from analytics.kpis.registry import kpi_of
from analytics.winback.models import ChurnAlert, HoldoutDraw, ToolUse, WinbackCall, WinbackCase
from analytics.winback.rules.effect import Share, compare
from analytics.winback.rules.holdout import arm_of, number_of, quarter_of
from analytics.winback.services.tending import tend
from crm_site.outbox.models import Message
from customers.models import Task
from tests.analytics.winback.conftest import call, case_of, score
from tests.factories import CustomerFactory, InteractionFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


def text(client, url, status=200):
    answer = client.get(url, headers=ENGLISH)
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.content.decode().split())


def url_of(name, *args):
    return reverse(f"analytics:{name}", args=args)


def people(owner, number, now, level="red"):
    found = [CustomerFactory(owner=owner) for _ in range(number)]
    for customer in found:
        score(customer, "none", level, now)
    return found


def test_the_list_shows_what_stands_red_first(customer, no_holdout, consultant, client_for, now):
    [calm] = people(consultant, 1, now, "yellow")
    score(customer, "none", "red", now)
    page = text(client_for(consultant), url_of("churn-alerts"))
    assert page.index(customer.name) < page.index(calm.name)
    assert "Red · urgent" in page
    score(customer, "red", "green", now)
    client = client_for(consultant)
    assert customer.name not in text(client, url_of("churn-alerts"))
    assert customer.name in text(client, url_of("churn-alerts") + "?state=closed")


@pytest.mark.parametrize("name", ["churn-alerts", "winback-cases"])
def test_a_list_takes_the_same_statements_for_one_and_twenty(
    no_holdout, consultant, client_for, now, name
):
    client = client_for(consultant)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(url_of(name)).status_code == 200
        return len(queries)

    people(consultant, 1, now)
    count()
    one = count()
    people(consultant, 19, now)
    assert count() <= one


@pytest.mark.spec("CUS-101")
def test_the_form_of_a_callback_refuses_an_empty_part(red, consultant, client_for):
    client, url = client_for(consultant), url_of("winback-call", red.pk)
    assert "What went wrong" in text(client, url)
    sent = {
        "turn": 1, "channel": "phone", "reached": "yes", "problem": "等太久", "need": "",
        "solution": "专人接待", "outcome": "pending",
    }  # fmt: skip
    answer = client.post(url, sent, headers=ENGLISH)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "All three parts belong to a callback." in page
    assert "A pending customer has a next contact" in page
    assert not WinbackCall.objects.exists()
    done = client.post(
        reverse("customers:task-done", args=[Task.objects.get().pk]), headers=ENGLISH
    )
    assert done.status_code == 409
    assert Task.objects.get().state == "open"
    later = timezone.localtime() + timedelta(days=1)
    sent |= {"need": "三室", "next_at": f"{later:%Y-%m-%dT%H:%M}"}
    assert client.post(url, sent).status_code == 302
    assert WinbackCall.objects.get().outcome == "pending"
    page = text(client, red.get_absolute_url())
    assert "等太久" in page
    assert "Pending" in page


def test_the_plan_page_fills_in_the_template_of_a_cause(red, consultant, supervisor, client_for):
    client, url = client_for(consultant), url_of("winback-plan", red.pk)
    assert "专属顾问一对一" in text(client, url)  # the cause of the score is service
    page = text(client, f"{url}?cause=price")
    assert "按流程申请房价优惠" in page
    sent = {"cause": "price", "offer": "优惠", "actions": "核对", "ceiling": "5000"}
    assert client.post(url, sent).status_code == 302
    assert case_of(red.customer).plan_state == "waiting"
    assert "Waits for signatures" in text(client, red.get_absolute_url())


def test_a_consultant_of_another_team_sees_nothing(red, consultant_c, client_for):
    client = client_for(consultant_c)
    text(client, red.get_absolute_url(), 404)
    assert red.customer.name not in text(client, url_of("churn-alerts"))
    text(client, url_of("churn-results"), 403)


def test_the_day_shows_red_callbacks_first_and_once(
    customer, no_holdout, consultant, client_for, now
):
    [calm] = people(consultant, 1, now - timedelta(days=6), "yellow")
    score(customer, "none", "red", now)
    page = text(client_for(consultant), reverse("customers:today"))
    assert "Customers who may leave" in page
    assert page.index(customer.name) < page.index(calm.name)
    assert page.count(f'href="{case_of(customer).get_absolute_url()}"') == 1
    assert "Win-back callback" not in page


@pytest.mark.spec("BEY-04")
def test_a_random_share_of_red_is_drawn_before_anything_is_done_and_left_alone(
    consultant, supervisor, client_for, set_rules, now
):
    set_rules(holdout_percent=50)
    red = people(consultant, 30, now)
    draws = HoldoutDraw.objects.all()
    assert draws.count() == 30
    control = set(draws.filter(arm="control").values_list("alert__customer", flat=True))
    assert 5 <= len(control) <= 25
    tend(now=now + timedelta(days=2))
    assert not Task.objects.filter(customer__in=control).exists()
    assert not WinbackCase.objects.filter(customer__in=control).exists()
    worked = {person.pk for person in red} - control
    assert set(Task.objects.values_list("customer", flat=True)) == worked
    for draw in draws.filter(arm="treated").select_related("alert__case"):
        assert draw.drawn_at <= draw.alert.case.opened_at
        assert draw.share == Decimal("0.5")
    one = CustomerFactory._meta.model.objects.get(pk=min(control))
    assert one.name not in text(client_for(consultant), url_of("churn-alerts"))
    page = text(client_for(supervisor), url_of("churn-alerts") + "?arm=control")
    assert one.name in page
    assert "Left alone on purpose" in page


def test_the_same_draw_comes_out_again(consultant, set_rules, now):
    set_rules(holdout_percent=50)
    people(consultant, 5, now)
    for draw in HoldoutDraw.objects.all():
        number = number_of(seed=draw.seed, quarter=draw.quarter, customer_id=draw.drawn_for)
        assert number == draw.number
        assert arm_of(number, share=draw.share) == draw.arm


def test_a_yellow_case_that_turns_red_into_the_control_is_dropped(
    customer, consultant, set_rules, now
):
    set_rules(holdout_percent=50, seed="x")
    score(customer, "none", "yellow", now)
    assert Task.objects.open().count() == 1
    HoldoutDraw.objects.all().delete()
    quarter = quarter_of(timezone.localdate(now))
    seed = next(
        str(n)
        for n in range(100)
        if arm_of(
            number_of(seed=str(n), quarter=quarter, customer_id=customer.pk), share=Decimal("0.5")
        )
        == "control"
    )
    set_rules(seed=seed)
    score(customer, "yellow", "red", now + timedelta(hours=1))
    assert ChurnAlert.objects.get().is_control
    assert not Task.objects.open().exists()
    assert WinbackCase.objects.get().state == "dropped"


def test_nothing_is_done_about_who_may_turn_red_the_same_night(
    customer, consultant, set_rules, now
):
    set_rules(holdout_percent=50)
    run = ChurnRun.objects.create(slot="nightly", cutoff=now, started_at=now)
    score(customer, "none", "yellow", now, wanted="red")
    tend(now=now)
    assert ChurnAlert.objects.get().level == "yellow"
    assert not Task.objects.exists()
    assert not Message.objects.exists()
    ChurnRun.objects.filter(pk=run.pk).update(finished_at=now)
    tend(now=now)  # the week has no room: it is worked as a yellow one
    assert Task.objects.count() == 1


def test_who_was_called_before_is_not_drawn(customer, consultant, set_rules, now):
    set_rules(holdout_percent=50)
    score(customer, "none", "yellow", now)
    call(case_of(customer), consultant, now)
    score(customer, "yellow", "red", now + timedelta(hours=1))
    assert not HoldoutDraw.objects.exists()
    assert ChurnAlert.objects.get().arm == ""
    assert Task.objects.open().count() == 1


@pytest.fixture
def judged(consultant, supervisor, set_rules, now):
    """Red customers of two months ago, drawn half and half; worked ones come back more often."""
    set_rules(holdout_percent=50, least=12)
    start = now - timedelta(days=60)
    red = people(consultant, 44, start)
    alerts = {row.customer_id: row for row in ChurnAlert.objects.select_related("case")}
    control = [person for person in red if alerts[person.pk].is_control]
    treated = [person for person in red if not alerts[person.pk].is_control]
    for person in treated:
        call(case_of(person), consultant, start + timedelta(hours=5), outcome="recovered")
    for person in [*treated[: len(treated) * 2 // 3], *control[: len(control) // 4]]:
        InteractionFactory(
            customer=person, channel="visit", result="visited", at=start + timedelta(days=9)
        )
    tend(now=now)
    return {"treated": len(treated), "control": len(control)}


@pytest.mark.spec("BEY-04")
@pytest.mark.spec("CUS-107")
@pytest.mark.spec("ANA-18")
@pytest.mark.spec("ANA-74")
def test_the_results_tie_to_their_rows_and_stand_against_the_control(
    judged, supervisor, client_for, set_rules
):
    client = client_for(supervisor)
    answer = client.get(url_of("churn-results"), headers=ENGLISH)
    page, context = answer.content.decode(), answer.context
    found = context["experiment"]
    assert (found.treated.n, found.control.n) == (judged["treated"], judged["control"])
    assert found.treated.hits == judged["treated"] * 2 // 3
    assert found.control.hits == judged["control"] // 4
    expected = compare(
        Share(found.treated.hits, found.treated.n), Share(found.control.hits, found.control.n)
    )
    assert found.measured.effect == expected
    assert f"{100 * expected.difference:.1f} percentage points" in page
    assert "regression to the mean" in page
    assert "65 %" in page
    overall = context["overall"]
    assert (overall.recovered, overall.worked) == (found.treated.hits, found.treated.n)

    def count(url):
        rows = client.get(url + "&page_size=100").context["page"].rows
        return len(rows)

    assert count(overall.worked_url) == overall.worked
    assert count(overall.recovered_url) == overall.recovered
    assert count(found.control_url) == found.control.n
    for table in context["tables"]:
        assert sum(rate.worked for rate in table["rates"]) == overall.worked
        assert sum(rate.recovered for rate in table["rates"]) == overall.recovered
        for rate in table["rates"]:
            assert count(rate.worked_url) == rate.worked
    tools = {rate.label: rate for rate in context["tools"]}
    assert [*tools] == [
        "Warning", "Callback", "Personal plan", "Price compensation", "Service upgrade",
    ]  # fmt: skip
    calls = tools["Callback"]
    assert (calls.uses, calls.cost) == (overall.worked, 15 * overall.worked)
    assert count(calls.worked_url) == calls.worked == overall.worked
    assert tools["Price compensation"].percent is None
    assert set(ToolUse.objects.values_list("tool", flat=True)) == {"warning", "callback"}
    assert "says nothing about how many would stay" in page  # cited is not preventable


def test_an_effect_of_few_is_hidden(judged, supervisor, client_for, set_rules):
    set_rules(least=100)
    page = text(client_for(supervisor), url_of("churn-results"))
    assert "No effect is shown before each group has 100 customers" in page
    assert "percentage points (95" not in page


def test_unlike_groups_hide_the_effect(judged, supervisor, client_for):
    HoldoutDraw.objects.update(share="0.150")
    page = text(client_for(supervisor), url_of("churn-results"))
    assert "not as large as they were drawn" in page
    assert "percentage points (95" not in page


def test_a_span_narrows_and_a_wrong_one_is_refused(judged, supervisor, client_for, now):
    client = client_for(supervisor)
    later = timezone.localdate(now)
    found = client.get(url_of("churn-results") + f"?since={later}").context
    assert found["overall"].worked == 0
    url = url_of("churn-results") + f"?since={later}&until={later - timedelta(days=3)}"
    text(client, url, 422)


@pytest.mark.spec("ANA-18")
def test_the_kpi_is_the_same_figure(judged, supervisor, now):
    today = timezone.localdate(now)
    asking = Asking(Period(today - timedelta(days=70), today), COMPANY, now, supervisor)
    kpi = kpi_of("recovery_rate")
    reading, rows = kpi.read(asking), kpi.rows(asking)
    assert (reading.n, reading.top) == (judged["treated"], judged["treated"] * 2 // 3)
    assert (rows.count, rows.total) == (reading.n, reading.top)
    empty = Asking(Period(today - timedelta(days=500), today - timedelta(days=400)), COMPANY, now)
    assert kpi.read(empty).value is None


def test_red_warnings_are_counted_and_open_but_for_those_left_alone(red, supervisor, now):
    today = timezone.localdate(now)
    later = now + timedelta(minutes=1)
    asking = Asking(Period(today, today + timedelta(days=1)), COMPANY, later, supervisor)
    kpi = kpi_of("red_warnings")
    assert kpi.read(asking).value == 1
    rows = kpi.rows(asking)
    assert [(line.key, line.url) for line in rows.lines] == [(red.alert_id, red.get_absolute_url())]
    ChurnAlert.objects.update(arm="control")
    assert (kpi.read(asking).value, kpi.rows(asking).count) == (0, 0)


def test_the_interface_lists_warnings(red, consultant, client_for):
    client = client_for(consultant)
    found = client.get(reverse("api:churn-alert-list")).json()["results"]
    assert [(one["customer"], one["level"], one["arm"]) for one in found] == [
        (red.customer_id, "red", "")
    ]
    assert client.get(reverse("api:churn-alert-detail", args=[found[0]["id"]])).status_code == 200


def test_gift_upgrade_and_price_pages_save(
    red, boss, consultant, director, client_for, unit, publish, now
):
    publish(at=now - timedelta(days=1))
    client = client_for(consultant)
    plan = {"cause": "service", "offer": "x", "actions": "y", "ceiling": "900"}
    assert client.post(url_of("winback-plan", red.pk), plan).status_code == 302
    gift = {"what": "果篮", "amount": "66"}
    assert client.post(url_of("winback-gift", red.pk), gift).status_code == 302
    assert client.post(url_of("winback-gift", red.pk), gift | {"amount": "6000"}).status_code == 422
    until = timezone.localdate(now) + timedelta(days=20)
    upgrade = {"kind": "repair", "what": "优先维修", "until": f"{until:%Y-%m-%d}", "before": "4.5"}
    assert client.post(url_of("winback-upgrade", red.pk), upgrade).status_code == 302
    price = {"unit_name": unit.number, "asked_total": "1950000", "reason": "挽回"}
    assert client.post(url_of("winback-price", red.pk), price).status_code == 302
    page = text(client, red.get_absolute_url())
    for word in ("果篮", "优先维修", "4.5", "Price compensation"):
        assert word in page
    made = red.upgrades.get()
    stop = url_of("winback-upgrade-stop", red.pk, made.pk)
    assert client.post(stop).status_code == 302
    after = url_of("winback-upgrade-after", red.pk, made.pk)
    assert client.post(after, {"after": "8"}).status_code == 302
    made.refresh_from_db()
    assert (made.ending, made.after) == ("stopped", 8)
    entry = red.entries.get(kind="gift")
    back = url_of("winback-take-back", red.pk, entry.pk)
    assert client.post(back, {"reason": "x"}).status_code == 403
    assert client_for(director).post(back, {"reason": "重复"}).status_code == 302
    assert red.entries.get(kind="gift").reversal.amount == -66
