"""Surveys of the demo company: waves of a year, who kept silent, what was low and what came of it.

Written through the services at the times at which it happened: links, reminders, answers, care
tickets, alerts, monthly sheets, plans and frozen reports stand as if people had done it.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import F
from django.utils import timezone

from crm_site.demo.service import survey_words as words
from crm_site.demo.service.survey_answers import Mind
from crm_site.demo.service.survey_results import judge, tend_low
from crm_site.outbox.models import Message
from crm_site.questionnaires.services import ensure_default
from crm_site.staff.models import User
from customers.models import Interaction, MeetingGuest, Purchase
from service.surveys import defaults
from service.surveys.errors import SurveyError
from service.surveys.models import Survey, SurveyInvitation
from service.surveys.services.answering import answer
from service.surveys.services.inviting import Guest, guest_of, invite, remind_silent
from service.surveys.services.monitoring import plan_year
from service.surveys.services.opening import SurveyDraft, close_survey, open_survey, write_survey
from service.tickets.models import Ticket
from service.tickets.rules import TicketKind

WEEK: Final = timedelta(days=7)
WEEKS: Final = 46
# By trigger: of how many cases somebody is asked, at most how many a week, how many answer.
SHARES: Final = {
    "visit": (0.3, 9, 0.34),
    "signing": (1.0, 12, 0.56),
    "handover": (1.0, 10, 0.66),
    "ticket": (1.0, 6, 0.52),
    "event": (0.4, 12, 0.42),
}


class _Once(NamedTuple):
    key: str
    form: str
    method: str
    ago: int  # days
    sample: int
    share: float  # who answers


ONCE: Final = (
    _Once("kano", defaults.KANO, "kano", 150, 130, 0.47),
    _Once("acsi", defaults.ACSI, "acsi", 95, 120, 0.44),
    _Once("yearly", defaults.YEARLY, "plain", 52, 190, 0.45),
)
STAFF_DAYS: Final = (190, 160, 130, 100, 70, 40, 9)
REMINDED_SHARE: Final = 0.3  # of those who answer do so after the reminder only


@dataclass(slots=True)
class _Year:
    """The wave of every survey that follows an event, week by week."""

    manager: User
    chance: random.Random
    now: datetime
    surveys: dict[str, Survey] = field(default_factory=dict)
    cases: dict[tuple[str, int], list[Guest]] = field(default_factory=dict)

    def run(self) -> None:
        """Open the surveys, then ask, remind and answer, the oldest week first."""
        for key in SHARES:
            form = ensure_default(defaults.EVENT if key == "event" else defaults.SERVICE)
            self.surveys[key] = self._survey(
                SurveyDraft(title=words.TITLES[key], questionnaire=form, trigger=key),
                at=self.now - WEEKS * WEEK,
            )
        self._find()
        for week in range(WEEKS, 0, -1):
            self._wave(self.now - week * WEEK)

    def _survey(self, draft: SurveyDraft, *, at: datetime, planned: Survey | None = None) -> Survey:
        survey = write_survey(draft=draft, actor=self.manager, now=at, survey=planned)
        return open_survey(survey=survey, actor=self.manager, now=at)

    def _wave(self, start: datetime) -> None:
        week = self._week(start)
        at = start + timedelta(hours=self.chance.uniform(1, 6))
        asked = []
        for key, survey in self.surveys.items():
            guests = self.cases.get((key, week), [])[: SHARES[key][1]]
            if guests:
                invite(survey=survey, guests=guests, now=at)
                asked.append((key, survey))
        if not asked:
            return
        late: list[tuple[SurveyInvitation, str]] = []
        for key, survey in asked:
            late += self.answers(survey, at, key=key, share=SHARES[key][2])
        remind_silent(now=at + timedelta(days=3, minutes=1))
        for row, key in late:
            self._give(row, key, at + timedelta(days=3, hours=self.chance.uniform(1, 60)))

    def answers(
        self, survey: Survey, at: datetime, *, key: str, share: float
    ) -> list[tuple[SurveyInvitation, str]]:
        """Let a share of those asked at ``at`` answer; return who does so after the reminder."""
        late = []
        rows = survey.invitations.select_related("survey", "customer", "project")
        for row in rows.filter(invited_at=at, used_at=None).order_by("pk"):
            if self.chance.random() > share:
                continue
            if self.chance.random() < REMINDED_SHARE:
                late.append((row, key))
            else:
                self._give(row, key, at + timedelta(hours=self.chance.uniform(0.2, 60)))
        return late

    def _give(self, row: SurveyInvitation, key: str, at: datetime) -> None:
        at = min(at, self.now - timedelta(minutes=5))
        outline = row.survey.asked_version().outline
        mind = Mind(self.chance, key=key, project_id=row.project_id, ago=(self.now - at).days)
        answer(invitation=row, answers=mind.answers(outline), now=at)

    def once(self) -> Survey | None:
        """Ask chosen customers once, close the surveys, and return the yearly one if any."""
        found = {one.key: self._ask_once(one) for one in ONCE}
        return found["yearly"]

    def _ask_once(self, once: _Once) -> Survey | None:
        key, at = once.key, self.now - timedelta(days=once.ago)
        draft = SurveyDraft(
            title=words.TITLES.get(key, words.YEARLY.format(year=at.year)),
            questionnaire=ensure_default(once.form),
            trigger="audience",
            stage="after_sale" if key == "yearly" else "",
            method=once.method,
            sample_size=once.sample,
            seed=at.year,
            contractor="浙江明和市场调查公司" if key == "yearly" else "",  # han: demo data
        )
        in_january = at.replace(month=1, day=5)  # when the job plans the survey of the year
        planned = plan_year(now=in_january) if key == "yearly" else None
        try:
            survey = self._survey(draft, at=at, planned=planned)
        except SurveyError:  # in a tiny company nobody may be left to ask: it stays a draft
            return None
        late = self.answers(survey, at, key=key, share=once.share)
        remind_silent(now=at + timedelta(days=3, minutes=1))
        for row, _key in late:
            self._give(row, key, at + timedelta(days=3, hours=self.chance.uniform(1, 90)))
        return close_survey(survey=survey, actor=self.manager, now=at + timedelta(days=15))

    def staff(self) -> None:
        """Ask the staff in several months, without names."""
        form = ensure_default(defaults.STAFF)
        for ago in STAFF_DAYS:
            at = self.now - timedelta(days=ago)
            title = words.STAFF.format(month=f"{timezone.localdate(at):%Y-%m}")
            draft = SurveyDraft(title=title, questionnaire=form, trigger="staff", remind_days=0)
            survey = self._survey(draft, at=at)
            for row, _key in self.answers(survey, at, key="staff", share=0.8):
                self._give(row, "staff", at + timedelta(days=2))
            if ago > min(STAFF_DAYS):
                close_survey(survey=survey, actor=self.manager, now=at + timedelta(days=10))

    def draft(self) -> None:
        """Leave one survey unfinished, with the questions as they would be asked."""
        given = SurveyDraft(
            title=words.TITLES["draft"],
            questionnaire=ensure_default(defaults.SERVICE),
            trigger="audience",
            stage="after_sale",
            audience={"classes": ["existing"], "stages": []},
            sample_size=200,
        )
        write_survey(draft=given, actor=self.manager, now=self.now)

    def _week(self, at: datetime) -> int:
        return round((self.now - at) / WEEK)

    def _add(self, key: str, at: datetime, guest: Guest) -> None:
        if self.chance.random() <= SHARES[key][0]:
            self.cases.setdefault((key, int((self.now - at) / WEEK)), []).append(guest)

    def _find(self) -> None:
        """Sort what happened in the region into weeks; it is asked about in the week after."""
        since = self.now - (WEEKS + 1) * WEEK
        region = self.manager.node.region_id if self.manager.node else None
        self._find_sales(region, since)
        self._find_service(region, since)

    def _find_sales(self, region: int | None, since: datetime) -> None:
        visits = Interaction.objects.filter(channel="visit", at__gt=since, customer__region=region)
        for visit in visits.select_related("customer").order_by("pk"):
            adviser = visit.author_id
            guest = guest_of(visit.customer, source=f"visit:{visit.pk}", adviser_id=adviser)
            self._add("visit", visit.at, guest)
        bought = Purchase.objects.filter(project__node__region=region, signed_at__gt=since)
        for row in bought.select_related("customer", "project__node").order_by("pk"):
            for key, at in (("signing", row.signed_at), ("handover", row.handed_over_at)):
                if at is not None:
                    self._add(key, at, _buyer(row, key))

    def _find_service(self, region: int | None, since: datetime) -> None:
        came = MeetingGuest.objects.filter(
            attended=True,
            customer__isnull=False,
            meeting__ends_at__gt=since,
            meeting__project__node__region=region,
        )
        for one in came.select_related("customer", "meeting__project__node").order_by("pk"):
            if one.customer is not None:
                source, project = f"event:{one.pk}", one.meeting.project
                guest = guest_of(one.customer, source=source, project=project)
                self._add("event", one.meeting.ends_at, guest)
        closed = Ticket.objects.filter(closed_at__gt=since, customer__isnull=False)
        closed = closed.filter(project__node__region=region).exclude(kind=TicketKind.INQUIRY)
        for ticket in closed.select_related("customer", "project__node").order_by("pk"):
            if ticket.customer is None or ticket.closed_at is None:
                continue
            self._add(
                "ticket",
                ticket.closed_at,
                guest_of(
                    ticket.customer,
                    source=f"ticket:{ticket.pk}",
                    project=ticket.project,
                    adviser_id=ticket.handler_id,
                ),
            )


def _buyer(row: Purchase, key: str) -> Guest:
    adviser = row.consultant_id if key == "signing" else row.specialist_id or row.consultant_id
    return guest_of(row.customer, source=f"{key}:{row.pk}", project=row.project, adviser_id=adviser)


def fill_surveys(*, seed: int, now: datetime) -> None:
    """Write the surveys of the last year in the region of the service manager."""
    chance = random.Random(f"{seed}:surveys")  # noqa: S311 -- demo data, not a secret
    manager = User.objects.select_related("node").get(username="service_manager")
    year = _Year(manager, chance, now)
    year.run()
    yearly = year.once()
    year.staff()
    year.draft()
    _deliver(now)
    tend_low(chance=chance, now=now)
    judge(yearly, manager=manager, chance=chance, now=now)


def _deliver(now: datetime) -> None:
    """Note as sent what was written before today; the worker sends the rest."""
    old = Message.objects.filter(kind__startswith="survey.", state=Message.State.WAITING)
    old.filter(next_attempt_at__lt=now - timedelta(days=1)).update(
        state=Message.State.SENT, attempts=1, sent_at=F("next_attempt_at")
    )
