"""The pages of delays: sums that are those of their rows, words, notices, the desk."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.audit.models import AuditEvent
from crm_site.documents.services import create_document, submit_version
from customers.models import ChangeNotice, HomeChange
from service.delays import homes, papers
from service.delays.models import DelayRisk, DeliveryTerm
from service.delays.policies import rules_at
from service.delays.services.watching import watch_delays
from service.desk.hooks import briefings_for
from tests.documents.signing import draft, sign_all
from tests.factories import CustomerFactory, UserFactory
from tests.service.delays.conftest import facility, pay
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
KEY = {"idempotency_key": "k"}


@pytest.fixture
def risk(late, centre, now) -> DelayRisk:
    watch_delays(now=now)
    return DelayRisk.objects.get()


def test_the_sum_owed_is_that_of_the_rows_behind_it(client_for, risk, agent, late, now) -> None:
    pay(late[0], 33_333, agent, now)
    browser, url = client_for(agent), risk.get_absolute_url()
    page = browser.get(f"{url}homes/")
    lines = page.context["rows"]
    assert len(lines) == page.context["affected"] == 3
    assert sum(line.owed for line in lines) == page.context["owed"] == Decimal("666.67")
    assert browser.get(url).context["owed"] == Decimal("666.67")
    assert sorted(line.base for line in lines) == [100_000, 100_000, 133_333]


def test_the_sum_over_more_than_a_page_is_that_of_all_rows(
    client_for, promised, sell, agent, centre, now, today
) -> None:
    promised.handover_on = today - timedelta(days=5)
    promised.save()
    sell(60, paid=10_000)
    watch_delays(now=now)
    one = DelayRisk.objects.get()
    page = client_for(agent).get(f"{one.get_absolute_url()}homes/")
    assert len(page.context["rows"]) < 60 == page.context["affected"]
    terms = list(DeliveryTerm.objects.late())
    rows = homes.lines(terms, rules=rules_at(now), user=agent)
    assert page.context["owed"] == sum(row.owed for row in rows) == Decimal(300)


def test_an_approved_text_takes_the_place_of_the_built_in_words(
    client_for, risk, centre, executive, agent, now, org
) -> None:
    text = "尊敬的业主：{place}预计{forecast}交付，延期{days}天。{unit}"
    document = create_document(
        kind=papers.NOTICE,
        draft=draft("延期告知", text),
        subject_id=None,
        actor=centre,
        now=now,
    )
    page, url = client_for(agent), risk.get_absolute_url()
    assert page.get(url).context["notice"].version is None
    version = submit_version(document=document, actor=centre, now=now)
    sign_all(version, (executive,), now)
    found = page.get(url)
    assert found.context["notice"].version == version
    assert "延期20天。" in found.content.decode()
    assert found.context["notice"].unknown == ("unit",)


def test_a_notice_is_handed_on_once_for_each_day_as_a_change_of_sold_homes(
    client_for, risk, executive, agent, late
) -> None:
    browser, url = client_for(executive), f"{risk.get_absolute_url()}notice/"
    assert client_for(agent).get(url).status_code == 403
    initial = browser.get(url).context["form"].initial
    assert browser.post(url, {"title": "", "text": "", **KEY}).status_code == 422
    sent = browser.post(url, initial | {"idempotency_key": "n1"})
    change = HomeChange.objects.get()
    assert sent["location"].endswith(f"/home-changes/{change.pk}/")
    assert (change.building, change.needs_consent) == (risk.building, True)
    assert ChangeNotice.objects.filter(change=change).count() == 3
    assert AuditEvent.objects.filter(kind="delay.notice").count() == 1
    again = browser.post(url, initial | {"idempotency_key": "n2"})
    assert again.status_code == 422
    assert HomeChange.objects.count() == 1


def test_the_hotline_text_is_offered_at_the_desk_and_on_tickets_while_it_lasts(
    client_for, risk, agent, late, now, promised
) -> None:
    buyer = late[0].customer
    (offered,) = briefings_for(buyer, user=agent, now=now)
    assert (offered.title, offered.url) == (str(risk), risk.get_absolute_url())
    assert "3栋" in offered.text
    ticket = TicketFactory(customer=buyer, project=risk.project, unit=late[0].unit)
    page = client_for(agent).get(ticket.get_absolute_url()).content.decode()
    assert risk.get_absolute_url() in page

    promised.nodes.filter(kind="completion").update(reached_on=now.date() - timedelta(days=60))
    DeliveryTerm.objects.update(deliver_on=now.date() + timedelta(days=60))
    watch_delays(now=now)
    assert briefings_for(buyer, user=agent, now=now) == []
    page = client_for(agent).get(ticket.get_absolute_url()).content.decode()
    assert risk.get_absolute_url() not in page


def test_a_buyer_elsewhere_is_told_nothing_and_of_a_facility_everybody_here(
    risk, agent, engineering, late, make_units, promised, now, today
) -> None:
    assert briefings_for(CustomerFactory(), user=agent, now=now) == []
    facility(risk.project, engineering, today - timedelta(days=2), title="地铁站")
    watch_delays(now=now)
    titles = {each.title for each in briefings_for(late[1].customer, user=agent, now=now)}
    assert titles == {str(risk), f"{risk.project} · 地铁站"}


def test_a_promised_day_is_corrected_with_what_says_so(
    client_for, risk, centre, agent, now, today
) -> None:
    term = DeliveryTerm.objects.order_by("pk").first()
    url, browser = f"/delays/terms/{term.pk}/", client_for(centre)
    assert client_for(agent).get(url).status_code == 403
    assert browser.post(url, {"deliver_on": "", "agreement": "", **KEY}).status_code == 422
    data = {"deliver_on": (today + timedelta(days=200)).isoformat(), "agreement": "补充协议 12"}
    assert browser.post(url, data | {"idempotency_key": "t"}).status_code == 302
    term.refresh_from_db()
    assert (term.days, term.agreement) == (0, "补充协议 12")
    assert AuditEvent.objects.filter(kind="delay.term_changed").count() == 1
    watch_delays(now=now)
    assert DelayRisk.objects.get().homes == 2


def test_what_has_ended_is_shown_on_request_only(client_for, risk, agent, now) -> None:
    DelayRisk.objects.update(closed_at=now, ending="recovered")
    browser = client_for(agent)
    assert browser.get("/delays/").context["rows"] == []
    assert browser.get("/delays/?state=ended").context["rows"] == [risk]
    assert browser.get("/delays/?state=open").context["rows"] == []
    assert browser.get("/delays/?state=&about=").context["rows"] == []
    assert browser.get("/delays/?about=facility&state=ended").context["rows"] == []
    assert browser.get("/delays/?state=whatever").status_code == 422
    assert browser.get(risk.get_absolute_url()).status_code == 200


def test_a_risk_of_another_region_is_not_there(client_for, risk, org) -> None:
    away = UserFactory(role="service_manager", node=org.region_south)
    browser = client_for(away)
    assert browser.get(risk.get_absolute_url()).status_code == 404
    assert browser.get(f"{risk.get_absolute_url()}homes/").status_code == 404
    assert browser.get("/delays/").context["rows"] == []
    assert browser.get("/delays/").context["totals"] == {
        "projects": 0,
        "homes": 0,
        "facilities": 0,
    }


def test_the_lists_cost_the_same_for_one_row_and_for_twenty(
    client_for, risk, late, sell, agent, engineering, now, today
) -> None:
    browser = client_for(agent)
    for url in ("/delays/", risk.get_absolute_url(), f"{risk.get_absolute_url()}homes/"):
        browser.get(url)
    counts = []
    for place in (0, 1):
        found = []
        for url in ("/delays/", risk.get_absolute_url(), f"{risk.get_absolute_url()}homes/"):
            with CaptureQueriesContext(connection) as queries:
                browser.get(url)
            found.append(len(queries))
        counts.append(found)
        if place == 0:
            for number in range(20):
                facility(
                    risk.project, engineering, today - timedelta(days=2), title=f"设施{number}"
                )
            watch_delays(now=now)
    assert counts[0] == counts[1]


def test_homes_without_a_promised_day_are_named(client_for, sell, agent, centre, now) -> None:
    sell(2)
    watch_delays(now=now)
    page = client_for(agent).get("/delays/")
    assert page.context["without_day"] == 2
