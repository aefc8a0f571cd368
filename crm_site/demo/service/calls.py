"""Calls of the demo company's hotline: four months of them, with voice messages and samples.

Told as a telephone system tells them, written by the services that take its reports.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone

from crm_site.demo.service import words
from crm_site.demo.service.tickets import (
    Desk,
    Life,
    Person,
    people_of_desk,
    people_who_call,
    usual_classes,
)
from crm_site.questionnaires.services.filling import Filled, save_sheet
from customers.models import Project
from service.desk.models import DeskCall, DeskMessage, QualitySample
from service.desk.rules.calls import EventKind, Told
from service.desk.services.calls import WrapUp, accept_call, wrap_up
from service.desk.services.events import Report, keep_log
from service.desk.services.quality import begin_score, draw_samples, keep_note
from service.desk.services.queueing import take_from_queue
from service.desk.services.seats import keep_seat, set_state
from service.tickets.models import Ticket

DAYS, COUNT, VOICES = 120, 90, 14
LINE: Final = "4008201234"
SEATS: Final = (("8001", ("phone", "web", "wechat")), ("8002", ("phone", "visit")))
KEPT_AT: Final = "https://pbx.example.com/recordings"
# What people asked who had nothing to complain about, and how the agent answered.
ANSWERED: Final = (
    "询问样板间开放时间，已告知周末 9:00–18:00。",  # han: the note of a call
    "询问地铁站到项目的接驳车，已发时刻表。",  # han: the note of a call
    "咨询二期户型，已转置业顾问回电。",  # han: the note of a call
    "询问物业费标准，已按住宅和车位分别说明。",  # han: the note of a call
)
NOTES: Final = (
    "开场和核对身份做得好，报修时限请说具体到几点。",  # han: a note for the agent
    "耐心听完再登记，很好；结束前请复述一遍客户的要求。",  # han: a note for the agent
    "漏问了房号，下次先确认房屋再问经过。",  # han: a note for the agent
    "语速偏快，老年客户请放慢，并主动留下工单号。",  # han: a note for the agent
)


@dataclass(slots=True)
class _Exchange:
    """The telephone system: counts its calls and tells them."""

    name: str
    chance: random.Random
    count: int = 0

    def call(self, *told: tuple[str, datetime], caller: str, extension: str = "") -> DeskCall:
        """Report the events of one call and return it."""
        self.count += 1
        key = f"{self.name}-{self.count:04}"
        reports = []
        for kind, at in told:
            rings = kind == "ringing"
            is_kept = kind in {"recorded", "voicemail"}
            one = Told(
                EventKind(kind),
                at,
                caller=caller if rings else "",
                line=LINE if rings else "",
                extension=extension if kind in {"ringing", "answered"} else "",
                recording=f"{KEPT_AT}/{key}.wav" if is_kept else "",
            )
            reports.append(Report(f"{key}-{kind}", key, one))
        return keep_log(key, reports, now=max(at for _kind, at in told))

    def talk(self, at: datetime, *, caller: str, extension: str) -> DeskCall:
        """Report a call that is answered, spoken for some minutes and recorded."""
        answered = at + timedelta(seconds=self.chance.choice((4, 6, 8, 9, 11, 13, 14, 22)))
        ended = answered + timedelta(seconds=self.chance.randint(70, 420))
        kept = ended + timedelta(seconds=3)
        told = (("ringing", at), ("answered", answered), ("hung_up", ended), ("recorded", kept))
        return self.call(*told, caller=caller, extension=extension)


def fill_calls(projects: Sequence[Project], *, seed: int, now: datetime) -> None:
    """Write the calls of the last months, the voice messages, and the samples with their scores."""
    chance = random.Random(f"{seed}:calls")  # noqa: S311 -- demo data, not a secret
    desk, exchange = people_of_desk(), _Exchange("demo", chance)
    for user, (extension, skills) in zip((desk.agent, desk.specialist), SEATS, strict=True):
        keep_seat(user=user, extension=extension, skills=skills, actor=desk.manager, now=now)
    buyers, others = people_who_call(projects)
    _tell_tickets(exchange, desk, now)
    _tell_questions(exchange, desk, others, now)
    _leave_messages(exchange, desk, buyers, now)
    _score(desk, chance, now)
    for user, state in ((desk.agent, "ready"), (desk.specialist, "after")):
        set_state(user=user, state=state, now=now - timedelta(minutes=chance.randint(1, 9)))


def _tell_tickets(exchange: _Exchange, desk: Desk, now: datetime) -> None:
    """Tell the call behind each ticket that came by phone."""
    rows = Ticket.objects.filter(channel="phone", opened_at__gte=now - timedelta(days=DAYS))
    for ticket in rows.select_related("customer").order_by("opened_at", "pk"):
        number = str(ticket.customer.phone or "") if ticket.customer else ""
        began = ticket.opened_at - timedelta(minutes=3)
        call = exchange.talk(began, caller=number, extension=SEATS[0][0])
        accept_call(call=call, actor=desk.agent, now=began + timedelta(seconds=5))
        DeskCall.objects.filter(pk=call.pk).update(ticket=ticket, disposition="ticket")


def _tell_questions(
    exchange: _Exchange, desk: Desk, people: Sequence[Person], now: datetime
) -> None:
    """Tell the calls of strangers that were answered on the spot, missed, or wrong."""
    chance = exchange.chance
    for _each in range(COUNT):
        at = _working(now - timedelta(days=chance.random() ** 2 * DAYS), chance, now)
        extension, agent = chance.choice(
            ((SEATS[0][0], desk.agent), (SEATS[1][0], desk.specialist))
        )
        stranger = f"+861990000{chance.randint(0, 9999):04}"
        drawn = chance.random()
        if drawn < 0.16:
            is_known = people and chance.random() < 0.5
            number = str(chance.choice(people).customer.phone or "") if is_known else stranger
            away = ("ringing", at), ("hung_up", at + timedelta(seconds=chance.randint(18, 40)))
            call = exchange.call(*away, caller=number, extension=extension)
            if now - at < timedelta(days=2):
                continue
            said = WrapUp("nothing", "")
        else:
            call = exchange.talk(at, caller=stranger, extension=extension)
            accept_call(call=call, actor=agent, now=at + timedelta(seconds=4))
            said = WrapUp("wrong_number", "")
            if drawn < 0.93:
                said = WrapUp("answered", chance.choice(ANSWERED))
        wrap_up(call=call, said=said, actor=agent, now=min(at + timedelta(minutes=9), now))


def _leave_messages(
    exchange: _Exchange, desk: Desk, people: Sequence[Person], now: datetime
) -> None:
    """Tell what was left with the automatic service; all but the latest was taken next morning."""
    chance = exchange.chance
    matters = [each for each in words.MATTERS if each.kind == "inquiry"]
    life = Life(desk, usual_classes(), chance, now)
    for place in range(VOICES if people else 0):
        days = place * DAYS // VOICES if place > 2 else place * 0.4 + 0.2
        at = _evening(now - timedelta(days=days), chance)
        if at > now:
            continue
        caller = str(chance.choice(people).customer.phone or "")
        left, over = at + timedelta(seconds=48), at + timedelta(seconds=50)
        call = exchange.call(("ringing", at), ("voicemail", left), ("hung_up", over), caller=caller)
        message = DeskMessage.objects.select_related("ticket").get(ticket=call.ticket_id)
        taken = message.queued_from + timedelta(minutes=chance.randint(1, 20))
        if place <= 2 or taken > now:
            continue
        take_from_queue(message=message, actor=desk.agent, now=taken)
        message.ticket.refresh_from_db()
        life.walk(message.ticket, chance.choice(matters), taken)


def _working(at: datetime, chance: random.Random, now: datetime) -> datetime:
    local = timezone.localtime(at)
    minute = chance.randint(9 * 60, 17 * 60 + 20)
    moved = local.replace(hour=minute // 60, minute=minute % 60, second=chance.randint(0, 59))
    return moved if moved < now - timedelta(minutes=20) else moved - timedelta(days=1)


def _evening(at: datetime, chance: random.Random) -> datetime:
    local = timezone.localtime(at) - timedelta(days=1)
    return local.replace(hour=chance.randint(18, 22), minute=chance.randint(5, 59))


def _score(desk: Desk, chance: random.Random, now: datetime) -> None:
    """Draw the samples of the last months; those of the last one are only partly scored."""
    first = timezone.localdate(now).replace(day=1)
    months: list[date] = []
    for _each in range(DAYS // 30):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(first)
    for place, month in enumerate(months):
        draw_samples(month=month, now=now)
        samples = list(QualitySample.objects.filter(month=month).order_by("agent", "pk"))
        for sample in samples[: None if place else len(samples) // 2]:
            sheet = begin_score(sample=sample, actor=desk.manager, now=now)
            marks = {key: str(chance.choice((3, 4, 4, 5, 5))) for key in ("q1", "q2", "q3")}
            save_sheet(
                sheet=sheet,
                filled=Filled(answers=marks),
                complete=True,
                actor=desk.manager,
                now=now,
            )
            if chance.random() < 0.6:
                keep_note(sample=sample, note=chance.choice(NOTES))
