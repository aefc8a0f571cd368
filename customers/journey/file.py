"""The interaction file of a purchase as pages show it: lines, completeness, what is open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from crm_site.policies.services import in_force
from customers.journey import choices
from customers.journey.models import ToldItem
from customers.journey.policies import FILE, FileRules
from customers.journey.querysets import with_file
from customers.journey.rules import FileItem, factor_key, percent
from customers.property.models import AdverseFactor
from customers.purchase.hooks import PartState
from customers.purchase.models import Purchase
from customers.purchase.rules import ACTIVE, PurchaseState
from customers.purchase.selectors import adverse_factors

CONTRACTS = (PurchaseState.SUBSCRIBED, PurchaseState.SIGNED, PurchaseState.HANDED_OVER)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One item: what is said about it now, how it was told, whether that still holds."""

    key: str
    item: str
    label: Any
    text: str
    factor: AdverseFactor | None
    is_mandatory: bool
    told: ToldItem | None
    is_as_it_is: bool

    @property
    def is_told(self) -> bool:
        """Whether the buyer of now was told what holds now."""
        return self.told is not None and self.is_as_it_is

    @property
    def is_confirmed(self) -> bool:
        """Whether the buyer of now confirmed it."""
        return self.is_told and self.told is not None and self.told.confirmed_on is not None

    @property
    def is_outdated(self) -> bool:
        """Whether it was told, and something else holds now."""
        return self.told is not None and not self.is_as_it_is

    @property
    def name(self) -> str:
        """The item in a few words."""
        if self.factor is None:
            return str(self.label)
        return f"{self.label}: {self.factor.get_kind_display()}"


def file_lines(purchase: Purchase, *, now: datetime) -> list[FileLine]:
    """Return the items of a purchase in their order, each adverse factor in force one of them."""
    rules: FileRules = in_force(FILE, at=now).value
    rows = ToldItem.objects.filter(purchase=purchase, is_current=True)
    rows = rows.select_related("told_by", "recorded_by")
    told = {factor_key(row.factor_id) if row.factor_id else row.item: row for row in rows}
    standing = set(
        ToldItem.objects.filter(purchase=purchase).as_it_is().values_list("pk", flat=True)
    )

    def line(item: str, label: Any, factor: AdverseFactor | None = None) -> FileLine:
        key = factor_key(factor.pk) if factor else item
        found = told.get(key)
        return FileLine(
            key=key,
            item=item,
            label=label,
            text=factor.text if factor else _text(purchase, item),
            factor=factor,
            is_mandatory=factor is not None or item in rules.mandatory,
            told=found,
            is_as_it_is=found is not None and found.pk in standing,
        )

    factors = adverse_factors(purchase.unit) if purchase.unit else []
    lines: list[FileLine] = []
    for item, label in choices.ITEMS:
        if item == FileItem.ADVERSE.value:
            lines += [line(item, label, factor) for factor in factors]
        else:
            lines.append(line(item, label))
    return lines


def stated(purchase: Purchase, item: str) -> str:
    """Return the figure an item says now, as the database writes it; empty where it has none."""
    if item == FileItem.PRICE.value:
        return str(purchase.agreed_total or "")
    if item == FileItem.AREA.value and purchase.unit:
        return str(purchase.unit.area)
    return ""


def _text(purchase: Purchase, item: str) -> str:
    unit = purchase.unit
    if item == FileItem.PRICE.value:
        if purchase.agreed_total is None:
            return _("Not agreed yet")
        return _("%(agreed)s yuan, list price %(list)s yuan") % {
            "agreed": purchase.agreed_total,
            "list": purchase.list_total,
        }
    if item == FileItem.AREA.value and unit is not None:
        if unit.measured_area is not None:
            return _("%(area)s m², measured") % {"area": unit.measured_area}
        return _("%(area)s m², forecast; the measured area decides") % {"area": unit.forecast_area}
    return str(choices.HINTS.get(item, ""))


def files(purchases: QuerySet[Any], *, now: datetime) -> QuerySet[Any]:
    """Return the purchases with ``file_total`` and ``file_done`` (SVC-72)."""
    rules: FileRules = in_force(FILE, at=now).value
    return with_file(purchases, mandatory=rules.mandatory)


def open_files(purchases: QuerySet[Any], *, now: datetime) -> QuerySet[Any]:
    """Return the purchases from the subscription on whose file is not complete."""
    rows = purchases.filter(state__in=[each.value for each in CONTRACTS], unit__isnull=False)
    return files(rows, now=now).filter(file_done__lt=F("file_total"))


def file_state(purchase: Purchase, now: datetime) -> PartState | None:
    """Return how complete the file of a purchase is; None without a unit or once it ended."""
    return file_states([purchase], now).get(purchase.pk)


def file_states(purchases: Iterable[Purchase], now: datetime) -> Mapping[int, PartState]:
    """Return how complete the files of purchases that stand are, in two statements."""
    standing = {each.value for each in ACTIVE}
    keys = [each.pk for each in purchases if each.unit_id and each.state in standing]
    rows = files(Purchase.objects.filter(pk__in=keys), now=now)
    return {
        pk: _state(done, total)
        for pk, done, total in rows.values_list("pk", "file_done", "file_total")
    }


def _state(done: int, total: int) -> PartState:
    words = _("%(percent)s%% · %(done)s of %(total)s") % {
        "percent": percent(done, total),
        "done": done,
        "total": total,
    }
    return PartState(words, "green" if done >= total else "amber")


def unconfirmed(purchase: Purchase, now: datetime) -> list[str]:
    """Return in words which mandatory items keep the purchase from its signature."""
    lines = file_lines(purchase, now=now)
    names = [line.name for line in lines if line.is_mandatory and not line.is_confirmed]
    if not names:
        return []
    return [_("the buyer has not confirmed %(items)s") % {"items": ", ".join(names)}]


def confirmations(factor: AdverseFactor, purchases: QuerySet[Any]) -> list[tuple[Purchase, Any]]:
    """Return the purchases a factor counts for, each with the buyer's confirmation or None."""
    place = Q(project=factor.project_id)
    if factor.unit_id:
        place = Q(unit=factor.unit_id)
    elif factor.building_id:
        place = Q(unit__building=factor.building_id)
    told = ToldItem.objects.filter(factor=factor, confirmed_on__isnull=False)
    # What is gone cannot be told any more; who had confirmed it stays on file.
    standing = told.filter(is_current=True) if factor.ended_on else told.confirmed()
    by_purchase = {row.purchase_id: row for row in standing}
    concerned = Q(state__in=[each.value for each in ACTIVE]) | Q(pk__in=by_purchase)
    rows = purchases.filter(place & concerned, unit__isnull=False)
    rows = rows.select_related("unit__building", "customer", "consultant")
    return [(each, by_purchase.get(each.pk)) for each in rows.order_by("-begun_at", "-pk")[:500]]
