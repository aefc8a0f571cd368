"""Lists of channels draw with as many statements for 20 rows as for one, and lead on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketing.channels.models import Channel, DailyMetric, LeadIntake, MediaAccount
from marketing.channels.rules.kinds import Way
from marketing.channels.services.intake import Arrival, take_lead
from marketing.channels.services.keeping import add_post, make_code
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def fill(make_partner: Any, deal: Any, manager: Any, agents: Channel) -> Callable[[int], None]:
    """So many more partners, each with a code, a lead, a contract, an account and its figures."""
    made = iter(range(100))

    def grow(number: int) -> None:
        now, today = timezone.now(), timezone.localdate()
        for place in [next(made) for _each in range(number)]:
            name = f"门店{place}"
            partner = make_partner(name, owner=manager)
            values = {"label": name, "channel": agents, "partner": partner}
            values["project"] = partner.territory.get()
            code = make_code(values=values, actor=manager, now=now)
            phone = f"139001390{place:02d}"
            arrival = Arrival(way=Way.QR, key=name, name="高雅琴", phone=phone, code=code)
            taken = take_lead(arrival, actor=None, now=now - timedelta(hours=2))
            if place < 9:
                deal(taken.intake, f"HT-{place}")
            source = Channel.objects.create(
                code=f"source-{place}", name=name, type="online", subtype="sem", owner=manager
            )
            account = MediaAccount.objects.create(
                platform="douyin", handle=name, channel=source, owner=manager
            )
            DailyMetric.objects.create(
                channel=agents, account=account, on=today - timedelta(days=place), leads=1
            )
            add_post(account, {"title": name, "on": today, "reach": 10})

    return grow


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("channel", "/channels/"),
        ("channel", "/channels/scorecard/"),
        ("channel", "/channels/codes/"),
        ("channel", "/channels/leads/"),
        ("channel", "/channels/media/"),
        ("channel", "/channels/{agents}/"),
        ("channel", "/partners/"),
        ("finance", "/partners/commission/"),
    ],
)
def test_a_page_takes_as_many_statements_for_20_rows_as_for_one(
    client_for, org, fill, agents, manager, role, path
) -> None:
    client = client_for(manager if role == "channel" else make_user(org, role))
    url, counts = path.format(agents=agents.pk), []
    for number in (1, 19):
        fill(number)
        client.get(url)  # what is kept between two requests is there now
        with CaptureQueriesContext(connection) as seen:
            page = client.get(url)
        assert page.status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1], [query["sql"] for query in seen.captured_queries]


def test_the_portal_takes_as_many_statements_for_20_leads_as_for_one(
    client_for, code, partner, make_login
) -> None:
    client, counts = client_for(make_login(partner)), []
    for first, last in ((0, 1), (1, 20)):
        for place in range(first, last):
            phone = f"138001380{place:02d}"
            arrival = Arrival(way=Way.QR, key=f"L-{place}", name="高", phone=phone, code=code)
            take_lead(arrival, actor=None, now=timezone.now())
        client.get("/portal/")
        with CaptureQueriesContext(connection) as seen:
            assert len(client.get("/portal/").context["rows"]) == last
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_code_leads_to_its_leads_and_names_them_in_words(
    client_for, code, brought, manager, org, project
) -> None:
    values = {"label": "另一个", "channel": code.channel, "project": project}
    other = make_code(values=values, actor=manager, now=timezone.now())
    client = client_for(manager)
    page = client.get(f"/channels/codes/{code.pk}/").content.decode()
    assert f"/channels/leads/?code={code.pk}" in page
    assert f'download="{code.code}.svg"' in page
    listed = client.get(f"/channels/leads/?code={code.pk}")
    assert [row["intake"] for row in listed.context["rows"]] == [LeadIntake.objects.get()]
    body = listed.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    assert "渠道中介" in body  # the channel in words
    assert "none" not in body  # nor the word of the machine for no campaign
    assert not client.get(f"/channels/leads/?code={other.pk}").context["rows"]


def test_who_may_not_see_commission_is_not_sent_to_a_closed_page(
    client_for, org, partner, agents, manager
) -> None:
    link = f'href="/partners/{partner.pk}/"'
    for role, is_linked in (("channel", True), ("marketing", False)):
        client = client_for(manager if role == "channel" else make_user(org, role))
        for path in (f"/channels/{agents.pk}/", "/channels/scorecard/"):
            page = client.get(path).content.decode()
            assert partner.name in page
            assert (link in page) is is_linked, (role, path)
        assert client.get("/registers/channel-risks/").status_code == 200
