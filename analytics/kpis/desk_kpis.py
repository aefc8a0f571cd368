"""How much reaches the service desk and how soon it answers (ANA-24)."""

import datetime as dt
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.acquisition_kpis import project_names
from analytics.kpis.kinds import Group, Period
from analytics.kpis.registry import register_kpi
from analytics.kpis.satisfaction_kpis import TICKET_PATHS as CLOCK_PATHS
from analytics.kpis.satisfaction_kpis import user_names
from analytics.kpis.service_kpis import (
    HOUR_SECONDS,
    TICKET_COLUMNS,
    TICKET_PATHS,
    complaints_in,
    seconds_between,
    ticket_url,
)
from analytics.kpis.sources import Column, Cut, Shape, Source, from_source
from service.clocks.models import TicketClock
from service.clocks.rules.limits import Promise
from service.tickets import choices
from service.tickets.models import Ticket
from service.tickets.querysets import NOT_STANDING
from service.tickets.querysets import VIEW as VIEW_TICKETS

CUTS: Final = (
    Cut("kind", pgettext_lazy("ticket", "Kind"), "kind", lambda: dict(choices.KINDS)),
    Cut("project", _("Project"), "project", project_names),
    Cut("channel", pgettext_lazy("ticket", "Channel"), "channel", lambda: dict(choices.CHANNELS)),
    Cut("class", pgettext_lazy("ticket", "Class"), "category__name"),
)


def opened_in(period: Period, now: dt.datetime) -> Any:
    """Return the tickets received in the period, neither merged nor cancelled."""
    end = min(period.ends_at, now)
    return Ticket.objects.standing().filter(opened_at__gte=period.begins_at, opened_at__lt=end)


def answered_in(period: Period, now: dt.datetime) -> Any:
    """Return the first answers given in the period, as the page of waiting times counts them."""
    rows = TicketClock.objects.filter(
        kind=Promise.FIRST_TOUCH.value,
        met_at__gte=period.begins_at,
        met_at__lt=min(period.ends_at, now),
    )
    return rows.exclude(ticket__state__in=NOT_STANDING)


OPENED: Final = Source(
    base=opened_in,
    columns=TICKET_COLUMNS,
    url=ticket_url,
    paths=TICKET_PATHS,
    related=("project",),
    cuts=CUTS,
)
COMPLAINTS: Final = Source(
    base=complaints_in,
    columns=TICKET_COLUMNS,
    url=ticket_url,
    paths=TICKET_PATHS,
    related=("project",),
    cuts=CUTS[1:],
)
FIRST_ANSWER: Final = Source(
    base=answered_in,
    columns=(
        Column(_("Ticket"), lambda row: row.ticket.number),
        Column(_("Subject"), lambda row: row.ticket.subject),
        Column(_("Project"), lambda row: row.ticket.project.name if row.ticket.project else ""),
        Column(pgettext_lazy("ticket", "Received"), lambda row: row.started_at),
        Column(_("First answer"), lambda row: row.met_at),
    ),
    url=lambda row: ticket_url(row.ticket),
    shape=Shape.PERCENTILE,
    amount=lambda period, now: seconds_between("started_at", "met_at") / HOUR_SECONDS,
    paths=CLOCK_PATHS,
    related=("ticket__project",),
    cuts=(
        Cut("kind", pgettext_lazy("ticket", "Kind"), "ticket__kind", lambda: dict(choices.KINDS)),
        Cut("project", _("Project"), "ticket__project", project_names),
        Cut("handler", pgettext_lazy("ticket", "Handler"), "ticket__handler", user_names),
    ),
)


def register() -> None:
    """Make the KPIs of the service desk known."""
    words: dict[str, Any] = {
        "group": Group.SERVICE,
        "owner_role": "service_manager",
        "spec": "ANA-24",
        "right": VIEW_TICKETS,
        "good": "down",
    }
    register_kpi(
        from_source(
            OPENED,
            key="tickets_opened",
            label=_("Tickets received"),
            unit="count",
            formula=_("Tickets of all kinds received in the period."),
            exclusions=_("Merged and cancelled tickets."),
            target_key="tickets_opened",
            **words,
        )
    )
    register_kpi(
        from_source(
            COMPLAINTS,
            key="complaints_opened",
            label=_("Complaints received"),
            unit="count",
            formula=_("Complaints received in the period."),
            exclusions=_("Merged and cancelled tickets."),
            target_key="complaints_opened",
            **words,
        )
    )
    register_kpi(
        from_source(
            FIRST_ANSWER,
            key="first_response_hours",
            label=_("Time to the first answer"),
            unit="hours",
            formula=_(
                "Median hours from the receipt of a ticket to its first answer, by the answer."
            ),
            exclusions=_(
                "Tickets not answered yet or without a limit; merged and cancelled tickets."
            ),
            target_key="first_response_hours",
            **words,
        )
    )
