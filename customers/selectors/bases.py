"""The board by stage and the base of visitors who did not buy (CUS-19, CUS-20)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm_site.staff.models import User
from customers import choices
from customers.derived_sql import HAS_BOUGHT
from customers.models import Customer, Interaction, Lead, LeadEvent
from customers.rules.axes import LeadState
from customers.rules.lifecycle import STAGES
from customers.selectors.standing import IS_VISIT
from customers.vocabulary import labels

CARDS = 20
CARD_COLUMNS = (
    *("name", "buying_stage", "stage_since", "created_at", "customer_class", "owner__name"),
    *("grading__grade", "project__name"),
)
CAME = [LeadState.VISITED.value, LeadState.SUBSCRIBED.value]
OPEN = "open"  # the reason of those who have not said no


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board: how many stand there, and the latest of them."""

    key: str
    label: str
    count: int
    cards: list[Customer]

    @property
    def more(self) -> int:
        """How many the column does not show."""
        return self.count - len(self.cards)


def board_columns(customers: QuerySet[Any]) -> list[Column]:
    """Return the five stages with exact counts and their latest customers; six queries."""
    counts = {stage.value: Count("pk", filter=Q(buying_stage=stage.value)) for stage in STAGES}
    found = customers.order_by().aggregate(**counts)
    listed = customers.select_related("owner", "project", "grading").only(*CARD_COLUMNS)
    words = dict(choices.BUYING_STAGES)
    return [
        Column(
            stage.value,
            str(words[stage.value]),
            found[stage.value],
            list(listed.filter(buying_stage=stage.value).order_by("-pk")[:CARDS]),
        )
        for stage in STAGES
    ]


def unclosed(user: User) -> QuerySet[Any]:
    """Return everybody ``user`` may see who visited and did not buy, whenever that was (CUS-19).

    A visit is a talk at the sales office or a lead that ever came so far; nobody falls out by
    silence or by churning. ``lost_reason`` is that of the latest lost lead, ``open`` without one.
    """
    mine = {"customer": OuterRef("pk")}
    talks = Interaction.objects.filter(IS_VISIT, **mine)
    leads = Lead.objects.filter(state__in=CAME, **mine)
    events = LeadEvent.objects.filter(lead__customer=OuterRef("pk"), to_value__in=CAME)
    lost = Lead.objects.filter(state=LeadState.LOST.value, **mine).order_by("-updated_at", "-pk")
    return (
        Customer.objects.visible_to(user)
        .exclude(HAS_BOUGHT)
        .filter(Exists(talks) | Exists(leads) | Exists(events))
        .annotate(
            lost_reason=Coalesce(Subquery(lost.values("lost_reason")[:1]), Value(OPEN)),
            touched_at=Coalesce("last_contact_at", "created_at"),
        )
    )


def is_quiet(days: int, now: datetime) -> Q:
    """Return the condition of no contact for more than ``days`` days, for ``unclosed``."""
    return Q(touched_at__lt=now - timedelta(days=days))


IS_NURTURED = Q(is_unreachable=False)


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason with its customers by interest: strong, medium, weak, not said."""

    key: str
    label: str
    cells: list[int]

    @property
    def total(self) -> int:
        """All customers of this reason."""
        return sum(self.cells)


def by_reason(customers: QuerySet[Any]) -> list[ReasonRow]:
    """Return the customers of ``unclosed`` by reason and interest, largest first; one query."""
    rows = customers.order_by().values_list("lost_reason", "intent").annotate(n=Count("pk"))
    interests: list[int | None] = [*(value for value, _label in choices.INTENTS), None]
    words = reason_words()
    found: dict[str, list[int]] = {}
    for reason, intent, number in rows.values_list("lost_reason", "intent", "n"):
        cells = found.setdefault(reason, [0] * len(interests))
        cells[interests.index(intent)] += number
    listed = [ReasonRow(key, words.get(key, key), cells) for key, cells in found.items()]
    return sorted(listed, key=lambda row: (-row.total, row.label))


def reason_words() -> dict[str, str]:
    """Return the words for the reasons, that of those who have not said no included."""
    return {**labels("lost_reason"), OPEN: _("Not lost")}


KEEPERS = ("supervisor", "executive", "head_office")


def keepers(customers: Iterable[Customer]) -> dict[int, User]:
    """Return who answers for each customer of the pool: its project's supervisor, else upwards.

    One query; the supervisor of the team comes first, then any of the project, then the region's
    executive, at last head office, so that nobody is without somebody.
    """
    waiting = [customer for customer in customers if customer.owner_id is None]
    if not waiting:
        return {}
    people = list(
        User.objects.filter(is_active=True, role__in=KEEPERS).select_related("node").order_by("pk")
    )
    found: dict[int, User] = {}
    for customer in waiting:
        ranked = [(_nearness(person, customer), person.pk, person) for person in people]
        near = [entry for entry in ranked if entry[0] is not None]
        if near:
            found[customer.pk] = min(near, key=lambda entry: (entry[0], entry[1]))[2]
    return found


def _nearness(person: User, customer: Customer) -> int | None:
    node = person.node
    if node is None:
        return None
    if person.role == "supervisor":
        if customer.team_id and node.pk == customer.team_id:
            return 0
        return 1 if customer.project_id and node.project_id == customer.project_id else None
    if person.role == "executive":
        return 2 if customer.region_id and node.region_id == customer.region_id else None
    return 3
