"""After a visit, a signed contract, a handover, an event: whoever was served is asked (SVC-45)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Min, Q

from crm_site.staff.models import User
from customers.models import Customer, Interaction, MeetingGuest, Project, Purchase
from customers.purchase.rules import Step
from customers.rules.axes import Channel, Result
from customers.rules.meetings import MeetingKind, MeetingState
from service.surveys.care import SOURCE
from service.surveys.choices import Trigger
from service.surveys.models import Survey
from service.surveys.services.inviting import Guest, guest_of, invite
from service.tickets.models import Ticket, TicketEvent
from service.tickets.rules import TicketKind, TicketState

BACK: Final = timedelta(days=3)  # how far the sweep looks back; a survey asks about each once
OF_STEP: Final = {Step.SIGN: Trigger.SIGNING, Step.HAND_OVER: Trigger.HANDOVER}


def ask_after(trigger: Trigger, guests: Sequence[Guest], *, now: datetime) -> int:
    """Ask each guest in every open survey of their project that follows ``trigger``."""
    asked = 0
    places = {(one.project_id, one.region_id) for one in guests}
    for project_id, region_id in sorted(places, key=str):
        rows = Survey.objects.open_for(trigger.value, project_id=project_id, region_id=region_id)
        here = [one for one in guests if (one.project_id, one.region_id) == (project_id, region_id)]
        for survey in rows.order_by("pk"):
            asked += invite(survey=survey, guests=here, now=now)
    return asked


def follow_purchase(purchase: Purchase, step: Step, _actor: User | None, now: datetime) -> None:
    """Ask the buyer after the signed contract and after the handover; runs with the step."""
    trigger = OF_STEP.get(step)
    if trigger is None:
        return
    customer = Customer.objects.get(pk=purchase.customer_id)
    guest = guest_of(
        customer,
        source=f"{trigger.value}:{purchase.pk}",
        project=Project.objects.select_related("node").get(pk=purchase.project_id),
        adviser_id=purchase.consultant_id
        if trigger is Trigger.SIGNING
        else purchase.specialist_id or purchase.consultant_id,
    )
    ask_after(trigger, [guest], now=now)


def sweep_visits(*, now: datetime) -> int:
    """Ask whoever visited in the last days and was not asked yet; return how many."""
    since = _since(Trigger.VISIT, now)
    if since is None:
        return 0
    visits = Interaction.objects.filter(
        Q(channel=Channel.VISIT.value) | Q(result=Result.VISITED.value), at__gt=since, at__lte=now
    ).select_related("customer")
    guests = [
        guest_of(one.customer, source=f"visit:{one.pk}", adviser_id=one.author_id)
        for one in visits.order_by("pk")
    ]
    return ask_after(Trigger.VISIT, guests, now=now)


def sweep_events(*, now: datetime) -> int:
    """Ask whoever came to a customer event in the last days and was not asked yet (SVC-54)."""
    since = _since(Trigger.EVENT, now)
    if since is None:
        return 0
    came = MeetingGuest.objects.filter(
        attended=True,
        meeting__kind=MeetingKind.MEETING.value,
        meeting__state=MeetingState.HELD.value,
        meeting__ends_at__gt=since,
    ).select_related("customer", "meeting__project__node")
    guests = [
        guest_of(
            one.customer,
            source=f"event:{one.pk}",
            project=one.meeting.project,
            adviser_id=one.meeting.owner_id,
        )
        for one in came.order_by("pk")
    ]
    return ask_after(Trigger.EVENT, guests, now=now)


def follow_ticket(ticket: Ticket, event: TicketEvent, now: datetime) -> None:
    """Ask the customer after a ticket is closed, once for each ticket (SVC-45).

    Not after one that a survey opened, or the asking would never end; not after a consultation,
    which is rated on its own (SVC-10): nobody is asked twice about one case.
    """
    if event.to_state != TicketState.CLOSED or ticket.customer is None:
        return
    if ticket.source == SOURCE or ticket.kind == TicketKind.INQUIRY:
        return
    guest = guest_of(
        ticket.customer,
        source=f"ticket:{ticket.pk}",
        project=Project.objects.select_related("node").get(pk=ticket.project_id),
        adviser_id=ticket.handler_id or ticket.first_responder_id,
    )
    ask_after(Trigger.TICKET, [guest], now=now)


def _since(trigger: Trigger, now: datetime) -> datetime | None:
    """Return from when on what happened is asked about; None where no survey does."""
    opened = Survey.objects.filter(state="open", trigger=trigger.value)
    first: datetime | None = opened.aggregate(first=Min("opened_at"))["first"]
    return None if first is None else max(now - BACK, first)
