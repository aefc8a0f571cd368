"""The portrait of a customer: four blocks, each value with its source and time (CUS-30)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.common.display import money_wan
from customers import choices
from customers.data_categories import custom_category, is_hidden, shown_custom
from customers.masking import HIDDEN
from customers.models import (
    ClassEvent,
    Customer,
    CustomField,
    FieldEvent,
    Interaction,
    Lead,
    PhaseEvent,
    Preference,
    SourceEvent,
    StageEvent,
)
from customers.preference_words import words_of
from customers.rules.behaviour import BehaviourKind
from customers.selectors.behaviour import Totals, behaviour_totals, browsing_by_week
from customers.vocabulary import CAPTURE_POINTS, JOURNEY_POINTS, labels_of

WEEKS = 8
BASICS = (
    *("gender", "occupation", "annual_income", "family", "nature", "city"),
    *("payment_method", "credit_status"),
)
WISHES = ("budget_min", "budget_max", "layout", "motive", "channel_wish")
MONEY = frozenset({"annual_income", "budget_min", "budget_max"})
LIFECYCLE: dict[str, Any] = {
    "buying_stage": StageEvent,
    "phase": PhaseEvent,
    "customer_class": ClassEvent,
}
SOURCES: dict[str, Any] = {
    **CAPTURE_POINTS,
    **JOURNEY_POINTS,
    "edit": gettext_lazy("Edited"),
    "merge": gettext_lazy("Merged"),
    "unmerge": gettext_lazy("Merge undone"),
    "import_revert": gettext_lazy("Import reverted"),
    "manual": gettext_lazy("Entered by hand"),
    "rule": gettext_lazy("By rule"),
    "behaviour": gettext_lazy("Behaviour events"),
    "lead": gettext_lazy("Lead"),
    "interaction": gettext_lazy("Follow-up"),
    "capture": gettext_lazy("First capture"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value comes from, and since when it holds."""

    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Value:
    """One thing known: ``value`` as stored, ``text`` as read; where it comes from and since when.

    A value one may not see has the text ``****`` and no value.
    """

    key: str
    label: str
    value: Any
    text: str
    source: str
    at: datetime

    @property
    def source_text(self) -> str:
        """The source in words."""
        return str(SOURCES.get(self.source, self.source))


@dataclass(frozen=True, slots=True)
class Portrait:
    """The four blocks, and how often the customer browsed in each of the last weeks."""

    basics: list[Value]
    behaviour: list[Value]
    preference: list[Value]
    lifecycle: list[Value]
    weeks: list[int]

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """Place, top and height of a bar per week in a drawing 10 wide per week and 40 high."""
        most = max([*self.weeks, 1])
        heights = [round(38 * count / most) for count in self.weeks]
        return [(place * 10, 40 - height, height) for place, height in enumerate(heights)]


def read_portrait(customer: Customer, *, user: Any, now: datetime) -> Portrait:
    """Return the portrait as ``user`` may see it, in a fixed number of queries."""
    origins = _Origins(customer)
    totals = behaviour_totals([customer.pk], until=now)
    return Portrait(
        basics=_basics(customer, origins, user=user, now=now),
        behaviour=_behaviour(customer, origins, totals, now=now),
        preference=[*_wishes(customer, origins), *_preferences(customer)],
        lifecycle=_lifecycle(customer, origins),
        weeks=browsing_by_week(customer.pk, weeks=WEEKS, now=now),
    )


class _Origins:
    """Where the columns of one record come from: the last change of each, else the capture."""

    def __init__(self, customer: Customer) -> None:
        events = FieldEvent.objects.filter(customer=customer).order_by("field", "-at", "-pk")
        rows = events.distinct("field").values_list("field", "source", "at")
        self._changed = {field: Origin(source, at) for field, source, at in rows}
        first = SourceEvent.objects.filter(customer=customer).order_by("at", "pk").first()
        self.capture = (
            Origin(first.capture_point, first.at)
            if first
            else Origin("capture", customer.created_at)
        )

    def of(self, field: str) -> Origin:
        """Return where the value of a column comes from."""
        return self._changed.get(field, self.capture)


def _value(key: str, label: Any, value: Any, text: Any, origin: Origin) -> Value:
    shown = "--" if text in (None, "") else str(text)
    return Value(key, str(label), value, shown, origin.source, origin.at)


def _basics(customer: Customer, origins: _Origins, *, user: Any, now: datetime) -> list[Value]:
    age = _age(customer, now)
    found = [_value("age", _("Age"), age, age, origins.of("birthday"))]
    for name in BASICS:
        if is_hidden(user, customer, name):
            label = Customer._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            found.append(_value(name, label, None, HIDDEN, origins.capture))
        else:
            found.append(_column(customer, name, origins))
    return [*found, *_added(customer, origins, user=user)]


def _added(customer: Customer, origins: _Origins, *, user: Any) -> list[Value]:
    """Return the fields the company added, each as its category lets ``user`` see it."""
    values = []
    for field in CustomField.objects.filter(is_active=True, key__in=customer.custom):
        value = customer.custom[field.key]
        shown = shown_custom(user, customer, custom_category(field), value)
        known = value if shown == value else None
        values.append(
            _value(field.key, field.label, known, shown, origins.of(f"custom:{field.key}"))
        )
    return values


def _column(customer: Customer, name: str, origins: _Origins) -> Value:
    column = Customer._meta.get_field(name)
    value = getattr(customer, name)
    text: Any = value
    if name in MONEY and value not in (None, ""):
        text = money_wan(Decimal(value))
        value = f"{Decimal(value):.2f}"
    elif getattr(column, "choices", None):
        text = getattr(customer, f"get_{name}_display")()
    elif name == "layout":
        text = labels_of("layout")[0].get(value, value)
    label = column.verbose_name  # type: ignore[union-attr]
    return _value(name, label, value, text, origins.of(name))


def _age(customer: Customer, now: datetime) -> int | None:
    """Return the full years of life on the local day of ``now``."""
    born, today = customer.birthday, timezone.localtime(now).date()
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _behaviour(
    customer: Customer,
    origins: _Origins,
    totals: dict[tuple[int, BehaviourKind], Totals],
    *,
    now: datetime,
) -> list[Value]:
    browsing = totals.get((customer.pk, BehaviourKind.BROWSING))
    leads = Lead.objects.filter(customer=customer).select_related("project")
    lead = leads.order_by("-received_at", "-pk").first()
    return [
        _intent(customer, origins),
        _browsing(browsing, now, origins),
        _enquiry(lead, totals.get((customer.pk, BehaviourKind.CONSULTING)), origins),
        _deal(lead, origins),
    ]


def _intent(customer: Customer, origins: _Origins) -> Value:
    """Return the intent; a talk that named it later than the record was changed is its source."""
    origin = origins.of("intent")
    talks = Interaction.objects.filter(customer=customer, intent__isnull=False)
    at = talks.order_by("-at").values_list("at", flat=True).first()
    if at is not None and at > origin.at:
        origin = Origin("interaction", at)
    return _value("intent", _("Intent"), customer.intent, customer.get_intent_display(), origin)


def _browsing(browsing: Totals | None, now: datetime, origins: _Origins) -> Value:
    """Return how often the customer browses: pages per week since the first one."""
    label = _("Browsing frequency")
    if browsing is None:
        return _value("browsing_frequency", label, 0, _("never"), origins.capture)
    weeks = max(1, -(-(now - browsing.first_at).days // 7))
    rate = round(browsing.count / weeks, 1)
    text = _("%(count)s pages, %(rate)s a week") % {"count": browsing.count, "rate": rate}
    return _value("browsing_frequency", label, rate, text, Origin("behaviour", browsing.last_at))


def _enquiry(lead: Lead | None, consulting: Totals | None, origins: _Origins) -> Value:
    label = _("Enquiry type")
    if lead is None:
        return _value("enquiry_type", label, None, "", origins.capture)
    source = labels_of("source")[0].get(lead.source, lead.source)
    text = source
    if consulting is not None:
        text = _("%(source)s, %(count)s questions since") % {
            "source": source,
            "count": consulting.count,
        }
        if consulting.last_at > lead.received_at:
            origin = Origin("behaviour", consulting.last_at)
            return _value("enquiry_type", label, lead.source, text, origin)
    return _value("enquiry_type", label, lead.source, text, Origin("lead", lead.received_at))


def _deal(lead: Lead | None, origins: _Origins) -> Value:
    if lead is None:
        return _value("deal_progress", _("Deal progress"), None, "", origins.capture)
    origin = Origin("lead", lead.updated_at)
    text = lead.get_state_display()
    return _value("deal_progress", _("Deal progress"), lead.state, text, origin)


def _wishes(customer: Customer, origins: _Origins) -> list[Value]:
    return [_column(customer, name, origins) for name in WISHES]


def _preferences(customer: Customer) -> list[Value]:
    kinds = dict(choices.PREFERENCE_KINDS)
    rows = Preference.objects.filter(customer=customer).order_by("kind", "rank")
    return [
        _value(
            f"{row.kind}.{row.rank}",
            _("%(kind)s, choice %(rank)s") % {"kind": kinds[row.kind], "rank": row.rank},
            row.value,
            words_of(row.kind).get(row.value, row.value),
            Origin(row.source, row.updated_at),
        )
        for row in rows
    ]


def _lifecycle(customer: Customer, origins: _Origins) -> list[Value]:
    found = []
    for name, model in LIFECYCLE.items():
        events = model.objects.filter(customer=customer)
        last = events.order_by("-at", "-pk").first()
        origin = origins.capture
        if last is not None:
            manual = getattr(last, "is_manual", False)
            origin = Origin("manual" if manual else "rule", last.at)
        label = Customer._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        text = getattr(customer, f"get_{name}_display")()
        found.append(_value(name, label, getattr(customer, name), text, origin))
    return found


def as_blocks(portrait: Portrait) -> dict[str, Sequence[Value]]:
    """Return the blocks by the names the API uses."""
    return {
        "basics": portrait.basics,
        "behaviour": portrait.behaviour,
        "preference": portrait.preference,
        "lifecycle": portrait.lifecycle,
    }
