"""One next contact over sales, service, care, surveys, win-back and advertising (BEY-09).

What departments plan stands in two places that all of them use: tasks that speak to the customer,
and messages that wait. Areas above name the sources of their tasks and the kinds of their messages.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.db.models import Q
from django.utils import timezone

from crm_site.outbox.kinds import label_of, message_kinds
from crm_site.outbox.models import Message
from crm_site.policies.services import in_force
from customers.contact_policies import RULES, TURNS, ContactRules, TurnRules
from customers.models import Customer, Task
from customers.rules.axes import TaskKind
from customers.rules.turns import Area, Turn, Wish, is_outranked, next_turn

SPEAKING: Final = (TaskKind.CALL.value, TaskKind.FOLLOW_UP.value, TaskKind.VISIT.value)
ADDRESSEE: Final = "customer"  # as messages name the customer
MOST: Final = 100
_sources: dict[str, Area] = {}
_kinds: dict[str, Area] = {}


def register_turns(area: Area, *, sources: Iterable[str] = (), kinds: Iterable[str] = ()) -> None:
    """Count tasks of ``sources`` and messages whose kind begins with one of ``kinds`` to ``area``.

    Tasks of a source nobody names are sales, messages of a kind nobody names too.
    """
    _sources.update(dict.fromkeys(sources, area))
    _kinds.update(dict.fromkeys(kinds, area))


def area_of_message(kind: str) -> Area:
    """Return to which area messages of a kind belong."""
    return next((area for start, area in _kinds.items() if kind.startswith(start)), Area.SALES)


def wishes_for(customer_id: int) -> list[Wish]:
    """Return every contact that is planned with the customer, in two queries."""
    labels = {kind.key: kind for kind in message_kinds()}
    found = _tasks(customer_id)
    waiting = Message.objects.filter(
        addressee_kind=ADDRESSEE, addressee_id=str(customer_id), state=Message.State.WAITING
    )
    for message in waiting.order_by("next_attempt_at", "pk")[:MOST]:
        kind = labels.get(message.kind)
        found.append(
            Wish(
                area=area_of_message(message.kind),
                due_at=message.next_attempt_at,
                title=label_of(kind) if kind else message.kind,
                key=f"message:{message.pk}",
                channel=message.channel,
                by_person=False,
            )
        )
    return found


def turn_of(customer: Customer, *, now: dt.datetime) -> Turn | None:
    """Return whose turn it is to contact the customer; None where nobody plans to."""
    rules: TurnRules = in_force(TURNS, at=now).value
    ahead = dt.timedelta(hours=rules.ahead_hours)
    return next_turn(wishes_for(customer.pk), order=rules.order, now=now, ahead=ahead)


def waits_for(message: Message, now: dt.datetime) -> dt.datetime | None:
    """Return when an advertising message is asked about again, because others come first.

    Others are tasks of people, due within the hours of the policy or late by no more than that,
    of an area that comes before. A message waits no longer than ``longest_days``, then it leaves.
    """
    if area_of_message(message.kind) is not Area.MARKETING:
        return None
    rules: TurnRules = in_force(TURNS, at=now).value
    if now - message.created_at >= dt.timedelta(days=rules.longest_days):
        return None
    ahead = dt.timedelta(hours=rules.ahead_hours)
    soon = Q(due_at__lte=now + ahead, due_at__gte=now - ahead)
    before = _tasks(int(message.addressee_id), soon)
    if not is_outranked(Area.MARKETING, before, order=rules.order):
        return None
    quiet: ContactRules = in_force(RULES, at=now).value
    tomorrow = timezone.localtime(now) + dt.timedelta(days=1)
    return tomorrow.replace(hour=quiet.quiet_until, minute=0, second=0, microsecond=0)


def _tasks(customer_id: int, limit: Q | None = None) -> list[Wish]:
    rows = Task.objects.open().filter(customer=customer_id, kind__in=SPEAKING)
    if limit is not None:
        rows = rows.filter(limit)
    return [
        Wish(_sources.get(task.source, Area.SALES), task.due_at, task.title, f"task:{task.pk}")
        for task in rows.order_by("due_at", "pk")[:MOST]
    ]
