"""Who was told a solution is called back: the officer, the limit, the share of the month."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from service.tickets.drafts import TicketDraft
from service.tickets.models import TicketCallback
from service.tickets.reports import CALLBACK_WITHIN
from service.tickets.services.opening import open_ticket
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.mark.spec("SVC-31")
def test_only_what_is_past_the_limit_is_listed_as_not_called_back(complaint, desk) -> None:
    now, minute = timezone.now(), timedelta(minutes=2)

    def told(ago: timedelta, **more):
        at = now - ago
        return TicketFactory(customer=complaint.customer, told_at=at, opened_at=at, **more)

    late = told(CALLBACK_WITHIN + minute, state="callback")
    closed = told(timedelta(days=5), state="closed", closed_at=now - CALLBACK_WITHIN - minute)
    in_time = told(CALLBACK_WITHIN - minute, state="callback")
    gone = told(timedelta(days=9), state="cancelled")
    called = told(timedelta(days=9), state="closed", closed_at=now - timedelta(days=9))
    TicketCallback.objects.create(
        ticket=called,
        at=now,
        solved="yes",
        pleasant=5,
        is_satisfied=True,
        by=called.first_responder,
    )
    page = desk("agent").get("/tickets/report/").content.decode()
    listed = [one.number in page for one in (late, closed, in_time, gone, called)]
    assert listed == [True, True, False, False, False]


@pytest.mark.spec("SVC-87")
@pytest.mark.spec("SVC-31")
def test_the_officer_receives_and_the_month_says_how_many_were_called_back(
    complaint, desk, org, cast
) -> None:
    boss = desk("service_manager")
    form = {"project": org.project_one.pk, "duty": "complaint", "user": cast["specialist"].pk}
    assert boss.post("/tickets/officers/", form).status_code == 302
    draft = TicketDraft(kind="complaint", project=org.project_one, subject="网上投诉")
    opened = open_ticket(draft, actor=None, now=timezone.now())
    assert opened.first_responder == cast["specialist"]

    march = datetime(2026, 3, 10, 10, tzinfo=timezone.get_current_timezone())
    calls = (("yes", 5), ("yes", 4), ("no", 1), None)
    for call in calls:
        ticket = TicketFactory(customer=complaint.customer, told_at=march, opened_at=march)
        if call is not None:
            solved, pleasant = call
            TicketCallback.objects.create(
                ticket=ticket,
                at=march + timedelta(days=1),
                solved=solved,
                pleasant=pleasant,
                is_satisfied=solved == "yes",
                by=cast["specialist"],
            )
    page = boss.get("/tickets/report/?month=2026-03")
    calls = page.context["calls"]
    assert (calls.told, calls.called, calls.coverage) == (4, 3, 75)
    assert (calls.solved, calls.satisfied, calls.satisfied_share) == (2, 2, 67)
    text = page.content.decode()
    facts = text[text.index("calls-h") :]
    for words in ("<dd>4</dd>", "<dd>3 (75%)</dd>", "<dd>2</dd>", "<dd>2 (67%)</dd>"):
        assert words in facts
    empty = boss.get("/tickets/report/?month=2026-02").context["calls"]
    assert (empty.told, empty.coverage) == (0, None)  # nobody told: no share, not nought
