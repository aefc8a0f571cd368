"""The rows behind the figures of campaigns, as tables print them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.display import money
from customers.vocabulary import labels
from marketing.campaigns.checks import SCENE
from marketing.campaigns.effects import Effect, effects_of
from marketing.campaigns.models import Campaign
from marketing.campaigns.page import activity_of
from marketing.campaigns.rules.plans import slippage

FIGURES: Final[Mapping[str, Any]] = {
    "leads": _("Leads"),
    "qualified": _("Qualified leads"),
    "visits": _("Visits"),
    "deals": _("Contracts"),
    "gained": _("Customers gained"),
    "kept": _("Customers kept"),
    "cost": _("Cost"),
}
_OF_LEAD = (_("Customer"), _("Project"), pgettext_lazy("lead", "Received"), _("State"))
_OF_CONTRACT = (_("Customer"), _("Unit"), _("Signed on"), _("Price (yuan)"))
_OF_CUSTOMER = (_("Customer"), _("Project"), _("Responsible"), _("Lifecycle phase"))
_OF_COST = (_("For what"), _("Channel"), _("Day"), _("Amount (yuan)"))
_HEADINGS: Final[Mapping[str, tuple[Any, ...]]] = {
    "leads": _OF_LEAD,
    "qualified": _OF_LEAD,
    "visits": _OF_LEAD,
    "deals": _OF_CONTRACT,
    "gained": _OF_CUSTOMER,
    "kept": _OF_CUSTOMER,
    "cost": _OF_COST,
}
_RELATED: Final[Mapping[str, tuple[str, ...]]] = {
    "leads": ("customer", "project"),
    "qualified": ("customer", "project"),
    "visits": ("customer", "project"),
    "deals": ("customer", "unit__building", "project"),
    "gained": ("project", "owner"),
    "kept": ("project", "owner"),
    "cost": (),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row behind a figure: its title with the page it opens, and its cells."""

    title: str
    url: str
    cells: tuple[Any, ...]
    headings: tuple[Any, ...]
    ask_url: str = ""

    @property
    def labelled(self) -> list[tuple[Any, Any]]:
        """The cells, each with the heading of its column."""
        return list(zip(self.headings[1:], self.cells, strict=True))


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A campaign in the report: days behind plan, and what it brought."""

    campaign: Campaign
    slippage: int | None
    effect: Effect


def headings_of(figure: str) -> tuple[Any, ...]:
    """Return the headings of the table behind a figure."""
    return _HEADINGS[figure]


def seen_by(rows: Any, user: Any) -> Any:
    """Return the rows behind a figure that ``user`` may see."""
    return rows.visible_to(user)


def related(rows: QuerySet[Any], figure: str) -> QuerySet[Any]:
    """Return the rows with what their table prints."""
    return rows.select_related(*_RELATED[figure])


def behind_lines(figure: str, page: Iterable[Any]) -> list[Line]:
    """Return the lines of the table behind a figure."""
    if figure == "cost":
        words = labels("source")
        return [_cost(one, words) for one in page]
    if figure == "deals":
        return [_contract(one) for one in page]
    if figure in ("gained", "kept"):
        return [_customer(one) for one in page]
    return [_lead(one) for one in page]


def _cost(one: Any, words: dict[str, str]) -> Line:
    cells = (words.get(one.channel_code, one.channel_code), one.on, money(one.amount))
    return Line(one.note, one.get_absolute_url(), cells, _OF_COST)


def _lead(one: Any) -> Line:
    url = reverse("customers:lead-detail", args=[one.pk])
    cells = (str(one.project or ""), timezone.localdate(one.received_at), one.get_state_display())
    ask = f"{reverse('questionnaires:sheet-begin', args=[SCENE])}?subject={one.pk}"
    return Line(one.customer.name, url, cells, _OF_LEAD, ask)


def _contract(one: Any) -> Line:
    url = reverse("customers:purchase-detail", args=[one.pk])
    price = one.agreed_total or one.list_total
    cells = (str(one.unit or one.project), timezone.localdate(one.signed_at), money(price))
    return Line(one.customer.name, url, cells, _OF_CONTRACT)


def _customer(one: Any) -> Line:
    url = reverse("customers:customer-detail", args=[one.pk])
    owner = one.owner.name if one.owner else ""
    cells = (str(one.project or ""), owner, one.get_phase_display())
    return Line(one.name, url, cells, _OF_CUSTOMER)


def plan_lines(page: Iterable[Campaign], *, now: dt.datetime) -> list[PlanLine]:
    """Return campaigns with the days they lie behind plan and what they brought."""
    found = list(page)
    effects = effects_of(found, now=now)
    return [PlanLine(one, slippage(activity_of(one)), effects[one.pk]) for one in found]
