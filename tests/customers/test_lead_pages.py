"""A lead on its way: stages, states, closing, through pages and the API (CUS-34, 41, 43)."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.calendars.rules.working_time import SHANGHAI
from customers.models import Lead, LeadClock, LeadEvent
from customers.rules.axes import CaseStage
from customers.rules.stages import stage_durations
from customers.selectors.stages import stage_report
from customers.services.clocks import start_clocks
from customers.services.leads import stamp_stage
from customers.tasks import sweep_reminders
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
JSON = "application/json"
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def at(monkeypatch):
    """Return a function that stops the clock at a moment, for pages and jobs alike."""

    def stop(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return stop


@pytest.fixture
def lead(consultant, supervisor, now):
    customer = CustomerFactory(name="王浩然", owner=consultant)
    lead = LeadFactory(customer=customer, received_at=now, enquiry="三房多少钱")
    start_clocks(lead=lead, started_at=now, now=now)
    return lead


@pytest.fixture
def client(client_for, consultant):
    return client_for(consultant)


def address(lead, name="detail"):
    return reverse(f"customers:lead-{name}", args=[lead.pk])


def show(client, lead):
    response = client.get(address(lead), headers=ENGLISH)
    assert response.status_code == 200
    return response.content.decode()


def post(client, path, **data):
    return client.post(path, data, headers=ENGLISH)


def api(client, path, **data):
    return client.post(f"/api/v1/{path}", data, content_type=JSON)


def local(moment):
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def case(lead):
    """Return everything that closing or stamping writes."""
    row = Lead.objects.filter(pk=lead.pk).values(
        "stages", "solution", "customer_told_at", "customer_confirmed_at", "state"
    )
    clocks = LeadClock.objects.filter(lead=lead).order_by("kind").values_list("kind", "state")
    return row.get(), list(clocks), LeadEvent.objects.filter(lead=lead).count()


def test_the_page_is_reached_from_the_record_and_shows_the_lead(client, lead, at, now):
    at(now)
    record = client.get(lead.customer.get_absolute_url()).content.decode()
    assert record.count(f'href="{address(lead)}"') == 8  # head, card, three clocks, open items
    shown = show(client, lead)
    assert "Lead of 王浩然" in shown
    for text in ("云栖里", "三房多少钱", "Walk-in", "First touch", "Closure", "2026-05-21 10:32"):
        assert text in shown, text
    assert shown.count('<li class="clock">') == 3
    assert shown.count('aria-current="step"') == 1


@pytest.mark.spec("CUS-43")
def test_no_case_skips_collecting_the_need_and_durations_are_reported(
    client, client_for, consultant, supervisor, lead, at, now
):
    at(now + 5 * MINUTE)
    before = case(lead)
    for stage in list(CaseStage)[1:]:
        answer = post(client, address(lead, "stage"), stage=stage.value)
        assert answer.status_code == 409
        assert "Collect the need first" in answer.content.decode()
        assert api(client, f"leads/{lead.pk}/stage/", stage=stage.value).status_code == 409
    assert post(client, address(lead, "stage"), stage="sell").status_code == 422
    assert api(client, f"leads/{lead.pk}/stage/", stage="sell").status_code == 400
    assert case(lead) == before
    spent = [10 * MINUTE, 2 * HOUR, 3 * DAY, HOUR, 30 * MINUTE]
    moment = now
    for stage, took in zip(CaseStage, spent, strict=True):
        page = show(client, lead)
        assert f'name="stage" value="{stage.value}"' in page
        assert page.count('name="stage"') == 1
        moment = at(moment + took)
        client = client_for(consultant)  # the session ends within three days
        assert post(client, address(lead, "stage"), stage=stage.value).status_code == 302
    page = show(client, lead)
    assert page.count('<li class="done">') == 5
    assert 'name="stage"' not in page
    for text in ("10 min 00 s", "2 h 00 min", "3 days", "1 h 00 min", "30 min 00 s"):
        assert f"after {text}" in page
    assert page.count("· consultant</small>") == 5
    team = client_for(supervisor).get(reverse("customers:team"), headers=ENGLISH)
    rows = {row.key: (row.cases, row.median) for row in team.context["stages"]}
    assert rows == {stage.value: (1, took) for stage, took in zip(CaseStage, spent, strict=True)}
    shown = team.content.decode()
    assert "Median time from the stage before" in shown
    assert "2 h 00 min" in shown


def test_a_stage_keeps_its_first_stamp(client, lead, at, now):
    at(now + MINUTE)
    post(client, address(lead, "stage"), stage="collect_need")
    before = case(lead)
    at(now + HOUR)
    assert post(client, address(lead, "stage"), stage="collect_need").status_code == 302
    assert case(lead) == before


def test_the_median_is_that_of_the_rule_for_the_leads_of_the_scope(
    consultant, consultant_c, supervisor, now
):
    stamps = [
        {"collect_need": 2 * HOUR, "solve_problem": 5 * HOUR},
        {"collect_need": HOUR},
        {"collect_need": 4 * HOUR, "deliver_information": 3 * HOUR},
    ]
    spans = {}
    for given in stamps:
        lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=now - DAY)
        for stage, after in given.items():
            moment = lead.received_at + after
            stamp_stage(lead=lead, stage=CaseStage(stage), actor=consultant, now=moment)
        took = stage_durations(lead.stages, received_at=lead.received_at, now=now)
        for stage, span in took.items():
            spans.setdefault(stage.value, []).append(span)
    for owner, received_at in ((consultant, now - 31 * DAY), (consultant_c, now - DAY)):
        other = LeadFactory(customer=CustomerFactory(owner=owner), received_at=received_at)
        stamp_stage(lead=other, stage=CaseStage.COLLECT_NEED, actor=owner, now=now)
    rows = {row.key: (row.cases, row.median) for row in stage_report(supervisor, now)}
    assert rows == {
        "collect_need": (3, 2 * HOUR),
        "deliver_information": (1, timedelta(0)),
        "handle_feedback": (0, None),
        "solve_problem": (1, 3 * HOUR),
        "follow_up": (0, None),
    }
    assert {key: sorted(found)[len(found) // 2] for key, found in spans.items()} == {
        key: median for key, (cases, median) in rows.items() if cases
    }


CLOSING = {"solution": "三房 128 ㎡，总价 368 万", "told_at": 2 * HOUR, "confirmed_at": 3 * HOUR}


def closing(received_at, **other):
    values = {**CLOSING, **other}
    return {
        name: local(received_at + value) if isinstance(value, timedelta) else value
        for name, value in values.items()
    }


@pytest.mark.spec("CUS-41")
def test_a_case_cannot_close_without_notice_and_day_seven_shows_in_the_report(
    client, client_for, consultant, supervisor, lead, at, now
):
    at(now + 5 * HOUR)
    page = show(client, lead)
    assert page.count('class="t12 c-amber"') == 4
    assert 'type="button" aria-disabled="true"' in page
    assert f'action="{address(lead, "close")}"' not in page
    before = case(lead)
    assert post(client, address(lead, "close"), **closing(now)).status_code == 409
    assert case(lead) == before
    post(client, address(lead, "stage"), stage="collect_need")
    before = case(lead)
    for missing in CLOSING:
        answer = post(client, address(lead, "close"), **closing(now, **{missing: ""}))
        assert answer.status_code == 422
        form = answer.context["close_form"]
        assert dict(form.errors) == {missing: ["This field is required."]}
        assert [met for _label, met in answer.context["gate"]].count(False) == 1
        sent = {name: value for name, value in closing(now).items() if name != missing}
        refused = api(client, f"leads/{lead.pk}/close/", **sent)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, [missing])
    for values, field in [
        ({"told_at": -HOUR}, "told_at"),
        ({"told_at": 4 * HOUR}, "told_at"),
        ({"confirmed_at": 6 * HOUR}, "confirmed_at"),
    ]:
        answer = post(client, address(lead, "close"), **closing(now, **values))
        assert (answer.status_code, list(answer.context["close_form"].errors)) == (422, [field])
    assert case(lead) == before
    at(now + 7 * DAY + MINUTE)
    sweep_reminders.apply().get()
    assert limit(client_for(supervisor)) == (1, 0, 1, 1)
    client = client_for(consultant)  # the session of a week ago has ended
    assert post(client, address(lead, "close"), **closing(now)).status_code == 302
    assert limit(client_for(supervisor)) == (1, 0, 1, 0)
    row, clocks, _events = case(lead)
    assert (row["solution"], row["customer_told_at"]) == (CLOSING["solution"], now + 2 * HOUR)
    assert row["customer_confirmed_at"] == now + 3 * HOUR
    assert dict(clocks)["closure"] == "met"
    page = show(client, lead)
    assert f'action="{address(lead, "close")}"' not in page
    assert CLOSING["solution"] in page


def limit(client):
    """Return ended, kept, missed and still open of the closure row of the team page."""
    page = client.get(reverse("customers:team"))
    assert page.status_code == 200
    row = next(row for row in page.context["team"].limits if row.kind == "closure")
    return row.ended, row.kept, row.missed, row.open


def test_an_answered_case_closes_in_time_and_only_once(
    client, client_for, supervisor, lead, at, now
):
    at(now + DAY)
    api(client, f"leads/{lead.pk}/stage/", stage="collect_need")
    sent = {
        "solution": "已答复",
        "told_at": (now + HOUR).isoformat(),
        "confirmed_at": (now + 2 * HOUR).isoformat(),
    }
    answer = api(client, f"leads/{lead.pk}/close/", **sent)
    assert answer.status_code == 200
    assert answer.json()["solution"] == "已答复"
    assert set(answer.json()["stages"]) == {"collect_need", "solve_problem", "follow_up"}
    assert limit(client_for(supervisor)) == (1, 1, 0, 0)
    before = case(lead)
    assert api(client, f"leads/{lead.pk}/close/", **sent).status_code == 409
    answer = post(client, address(lead, "close"), **closing(now))
    assert answer.status_code == 409
    assert "The case is closed already." in answer.content.decode()
    assert case(lead) == before


def test_an_enquiry_answered_within_its_minute_can_be_closed(client, lead, at, now):
    received = now + timedelta(seconds=40)
    Lead.objects.filter(pk=lead.pk).update(received_at=received)
    at(now + 50 * timedelta(seconds=1))
    post(client, address(lead, "stage"), stage="collect_need")
    same = closing(now, told_at=timedelta(0), confirmed_at=timedelta(0))
    assert post(client, address(lead, "close"), **same).status_code == 302
    row = Lead.objects.get(pk=lead.pk)
    assert (row.customer_told_at, row.customer_confirmed_at) == (received, received)


def test_only_allowed_moves_are_offered_and_losing_asks_for_a_reason_of_the_list(
    client, lead, at, now
):
    at(now + HOUR)
    page = show(client, lead)
    offered = [
        state
        for state in ("new", "assigned", "contacted", "qualified", "visited", "signed")
        if f'name="to" value="{state}"' in page
    ]
    assert offered == ["contacted", "visited"]
    assert post(client, address(lead, "move"), to="signed").status_code == 409
    assert post(client, address(lead, "move"), to="rich").status_code == 422
    for reason in ("", "火星"):
        answer = post(client, address(lead, "move"), to="lost", reason=reason)
        assert (answer.status_code, list(answer.context["lost_form"].errors)) == (422, ["reason"])
        assert "<details open>" in answer.content.decode()
    assert (Lead.objects.get().state, LeadEvent.objects.count()) == ("assigned", 0)
    key = "5c3ad4a5-18f5-4b8f-9f3f-3a29b7d0f6aa"
    for _repeat in range(2):
        answer = post(client, address(lead, "move"), to="contacted", idempotency_key=key)
        assert answer.status_code == 302
    assert LeadEvent.objects.filter(kind="state").count() == 1
    assert post(client, address(lead, "move"), to="lost", reason="price").status_code == 302
    moves = LeadEvent.objects.filter(kind="state").order_by("pk")
    assert list(moves.values_list("to_value", "reason")) == [("contacted", ""), ("lost", "price")]
    page = show(client, lead)
    assert "Price above budget" in page
    assert page.count("cancelled") == 3
    assert 'value="lost"' not in page
    assert post(client, address(lead, "move"), to="assigned").status_code == 302
    assert Lead.objects.get().state == "assigned"


def test_strangers_get_404_and_readers_see_no_button(
    client_for, consultant_b, marketing, lead, at, now
):
    at(now)
    before = case(lead)
    stranger, reader = client_for(consultant_b), client_for(marketing)
    assert stranger.get(address(lead)).status_code == 404
    for name, data in (
        ("stage", {"stage": "collect_need"}),
        ("move", {"to": "contacted"}),
        ("close", closing(now)),
    ):
        assert post(stranger, address(lead, name), **data).status_code == 404
        assert post(reader, address(lead, name), **data).status_code == 403
        assert f'action="{address(lead, name)}"' not in show(reader, lead)
    assert case(lead) == before


def test_the_schema_knows_the_steps(client):
    paths = client.get("/api/v1/schema/?format=json").json()["paths"]
    for path in (
        "leads/{id}/stage",
        "leads/{id}/close",
        "customers/{id}/take",
        "customers/{id}/class",
    ):
        assert "post" in paths[f"/api/v1/{path}/"], path


def test_the_moments_are_read_in_the_local_time_zone(client, lead, at, now):
    at(now + DAY)
    post(client, address(lead, "stage"), stage="collect_need")
    sent = {"solution": "好", "told_at": "2026-05-20T11:00", "confirmed_at": "2026-05-20T12:00"}
    assert post(client, address(lead, "close"), **sent).status_code == 302
    told = Lead.objects.get().customer_told_at
    assert told == datetime(2026, 5, 20, 11, 0, tzinfo=SHANGHAI)
