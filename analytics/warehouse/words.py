"""The words of the summary tables in the language of the reader."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.warehouse import places
from analytics.warehouse.rules.measures import LEVELS, Fact
from customers import choices as people
from customers.property.choices import KINDS as UNIT_KINDS
from customers.purchase.choices import STATES as PURCHASE_STATES
from customers.vocabulary import labels as listed
from service.surveys.choices import STAGES as SURVEY_STAGES
from service.surveys.choices import TRIGGERS
from service.tickets import choices as tickets
from service.tickets.models import TicketCategory

Words = Mapping[Any, Any]
MEASURES: Words = {
    "leads": _("Leads registered"),
    "talks": _("Talks with customers"),
    "visits": _("Visits"),
    "reservations": _("Reservations"),
    "deposits": _("Deposits (yuan)"),
    "signatures": _("Contracts signed"),
    "signed_amount": _("Contract value (yuan)"),
    "cancellations": _("Cancelled or given back"),
    "cancelled_amount": _("Value cancelled or given back (yuan)"),
    "losses": _("Leads lost"),
    "tickets": _("Service tickets"),
    "complaints": _("Complaints"),
    "repairs": _("Repairs"),
    "answers": _("Survey answers"),
    "answer_points": _("Mean of survey answers (0–100)"),
    "ratings": _("Ratings of satisfaction"),
    "satisfaction": _("Mean satisfaction (1–10)"),
}
DIMENSIONS: Words = {
    "day": _("Day"),
    "week": pgettext_lazy("level of time", "Week"),
    "month": _("Month"),
    "quarter": _("Quarter"),
    "year": _("Year"),
    "region": _("Region"),
    "project": _("Project"),
    "team": _("Team"),
    "consultant": _("Consultant"),
    "channel": pgettext_lazy("dimension", "Channel"),
    "grade": _("Grade"),
    "stage": _("Buying stage"),
    "kind": _("Kind"),
    "topic": pgettext_lazy("dimension", "Class or question"),
}
RIGHTS: Mapping[Fact, str] = {
    Fact.LEAD: "customers.view_customer",
    Fact.TALK: "customers.view_customer",
    Fact.LOSS: "customers.view_customer",
    Fact.RESERVATION: "customers.view_units",
    Fact.SIGNATURE: "customers.view_units",
    Fact.CANCELLATION: "customers.view_units",
    Fact.TICKET: "service.view_tickets",
    Fact.ANSWER: "service.view_surveys",
    Fact.RATING: "service.view_surveys",
}
NONE = pgettext_lazy("value of a dimension", "None")
UNKNOWN = pgettext_lazy("value of a dimension", "Not known")
_FROM_SOURCE = {Fact.LEAD, Fact.LOSS, Fact.RESERVATION, Fact.SIGNATURE, Fact.CANCELLATION}
_KINDS: Mapping[Fact, Any] = {
    Fact.TALK: people.RESULTS,
    Fact.LOSS: people.LEAD_STATES,
    Fact.RESERVATION: UNIT_KINDS,
    Fact.SIGNATURE: UNIT_KINDS,
    Fact.CANCELLATION: PURCHASE_STATES,
    Fact.TICKET: tickets.KINDS,
    Fact.ANSWER: SURVEY_STAGES,
    Fact.RATING: SURVEY_STAGES,
}


def values(dimension: str, fact: Fact) -> Words:
    """Return the words of the values of a dimension as ``fact`` uses it; time has none."""
    if dimension in {"region", "project", "team", "consultant"}:
        return {0: NONE} | dict(places.names_of(dimension))
    found = _OF.get(dimension)
    return found(fact) if found else {}


def namer(dimension: str, fact: Fact) -> Callable[[Any], str]:
    """Return what writes a value of ``dimension``."""
    if dimension in LEVELS:
        return lambda value: _time(dimension, value)
    words = values(dimension, fact)
    return lambda value: str(words.get(value, value or UNKNOWN))


def _channels(fact: Fact) -> Words:
    if fact in _FROM_SOURCE:
        return listed("source")
    by_fact = {Fact.TALK: people.CHANNELS, Fact.TICKET: tickets.CHANNELS}
    return dict(by_fact.get(fact, TRIGGERS))


def _kinds(fact: Fact) -> Words:
    return listed("capture_point") if fact is Fact.LEAD else dict(_KINDS[fact])


def _topics(fact: Fact) -> Words:
    if fact is not Fact.TICKET:
        return {}
    return dict(TicketCategory.objects.order_by("-axis").values_list("code", "name"))


_OF: Mapping[str, Callable[[Fact], Words]] = {
    "channel": _channels,
    "grade": lambda _fact: {"": _("Not graded")} | dict(people.GRADES),
    "stage": lambda _fact: {"": UNKNOWN} | dict(people.BUYING_STAGES),
    "kind": _kinds,
    "topic": _topics,
}


def _time(level: str, value: date) -> str:
    if level == "quarter":
        return _now("%(year)s Q%(quarter)s") % {
            "year": value.year,
            "quarter": (value.month + 2) // 3,
        }
    if level == "week":
        return _now("Week of %(day)s") % {"day": value.isoformat()}
    shown = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[level]
    return value.strftime(shown)
