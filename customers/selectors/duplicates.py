"""What the pages of duplicates, merges and field histories show (BEY-01, CUS-06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.data_categories import (
    SENSITIVE_FIELDS,
    custom_category,
    may_see_sensitive,
    shown_custom,
)
from customers.masking import EMPTY, HIDDEN, number_for, private_for
from customers.models import Customer, CustomField, DuplicateSuggestion, FieldEvent
from customers.rules.merging import CHOSEN, Side, columns_of
from customers.services.field_history import OTHER_NAME, SECOND_PHONE
from customers.services.merging import proposed
from customers.services.moving_rows import STAYING, link_name, links
from customers.vocabulary import CAPTURE_POINTS, labels

REASONS: dict[str, str | Promise] = {
    "same_id_number": _("Same ID number"),
    "same_external_id": _("Same external id"),
    "same_phone": _("Same phone number"),
    "near_phone": _("Phone numbers differ like typing errors"),
    "same_wechat": _("Same WeChat"),
    "same_email": _("Same e-mail address"),
    "same_name": _("Same name"),
    "rare_name": _("Nobody else bears the name"),
    "name_sounds_alike": _("Names sound alike"),
    "name_hidden": _("One name is hidden or a form of address"),
    "same_birthday": _("Same birthday"),
    "same_address": _("Same address"),
    "same_place": _("Same city and district"),
    "same_project": _("Same project"),
    "one_without_phone": _("One has no phone number"),
    "same_household": _("Same household"),
    "same_company": _("Same company"),
    "different_name": _("Different names"),
    "different_id_number": _("Different ID numbers"),
    "different_gender": _("Different gender"),
    "different_birthday": _("Different birthdays"),
    "different_wechat": _("Different WeChat accounts"),
    "shared_phone": _("Several people use the number"),
    "known_relation": _("Linked as two people"),
}
# Fields that are not read from the model's own label.
LABELS: dict[str, str | Promise] = {
    "budget": _("Budget"),
    SECOND_PHONE: _("Further phone number"),
    OTHER_NAME: _("Other name given with this number"),
}
SOURCES: dict[str, str | Promise] = {
    "edit": _("Edited on the record"),
    "merge": pgettext_lazy("source of a value", "Merge"),
    "unmerge": _("Merge taken back"),
}
PRIVATE = frozenset({"id_number", "annual_income", "address", "spending_power"})
NUMBERS = frozenset({"phone", SECOND_PHONE})
WORDS = {"layout", "source"}  # kept as codes of a vocabulary


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for or against a pair, with its weight in hundredths."""

    label: str | Promise
    weight: str
    is_against: bool


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One field of both records and whose value is proposed."""

    field: str
    label: str | Promise
    left: str
    right: str
    picked: Side
    differs: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A field that got another value, as one user may read it."""

    label: str | Promise
    old: str
    new: str
    source: str | Promise
    at: datetime
    actor: str


def reasons_of(suggestion: DuplicateSuggestion) -> list[Reason]:
    """Return why the pair was proposed."""
    return [
        Reason(REASONS.get(code, code), f"{Decimal(weight):+}", Decimal(weight) < 0)
        for code, weight in suggestion.reasons
    ]


def compare(left: Customer, right: Customer, *, user: Any) -> list[FieldChoice]:
    """Return the fields in which at least one record says something, side by side."""
    picked = proposed(left, right)
    rows = []
    for field in CHOSEN:
        one, two = (shown(each, field, user=user) for each in (left, right))
        if (one, two) == (EMPTY, EMPTY):
            continue
        same = all(getattr(left, c) == getattr(right, c) for c in columns_of(field))
        rows.append(FieldChoice(field, label_of(field), one, two, picked[field], not same))
    return rows


def shown(customer: Customer, field: str, *, user: Any) -> str:
    """Return a field as ``user`` may read it."""
    columns = ("annual_income",) if field == "annual_income" else columns_of(field)
    if field == "customer_class":
        columns = ("customer_class",)
    texts = [text_of(field, getattr(customer, c), customer=customer, user=user) for c in columns]
    return EMPTY if set(texts) == {EMPTY} else " – ".join(texts)


def text_of(field: str, value: Any, *, customer: Customer, user: Any) -> str:
    """Return one value of ``field`` in words; private ones as ``user`` may see them."""
    if value in (None, ""):
        return EMPTY
    if field in NUMBERS:
        return number_for(user, customer, str(value))
    if field in SENSITIVE_FIELDS:
        if not may_see_sensitive(user, customer):
            return HIDDEN
    elif field in PRIVATE:
        return str(private_for(user, customer, value))
    if field in WORDS:
        return str(labels(field).get(str(value), value))
    known = _choices(field)
    return str(known.get(str(value), value))


def _text_of_added(field: CustomField, value: Any, *, customer: Customer, user: Any) -> str:
    """Return one value of a field the company added, as its category lets ``user`` see it."""
    if value in (None, ""):
        return EMPTY
    return str(shown_custom(user, customer, custom_category(field), value))


def label_of(field: str) -> str | Promise:
    """Return what a field is called."""
    if field in LABELS:
        return LABELS[field]
    if field not in {each.name for each in Customer._meta.concrete_fields}:
        return field
    return str(_column(field).verbose_name)


def children_of(customers: Iterable[Customer]) -> list[tuple[str, list[int]]]:
    """Return per kind of row how many each customer has; kinds nobody has are left out."""
    keys = [customer.pk for customer in customers]
    found = []
    for model, field in links():
        if link_name(model, field) in STAYING or field.unique:
            continue
        counts = [model._base_manager.filter(**{field.name: key}).count() for key in keys]
        if any(counts):
            found.append((_plural(model), counts))
    return found


def history_of(customer: Customer, *, user: Any, longest: int = 200) -> list[Change]:
    """Return the changes of fields, the newest first, as ``user`` may read them."""
    events = FieldEvent.objects.filter(customer=customer).select_related("actor")
    own = {field.key: field for field in CustomField.objects.all()}
    rows = []
    for event in events.order_by("-at", "-pk")[:longest]:
        key = event.field.removeprefix("custom:")
        added = own.get(key) if key != event.field else None
        label = added.label if added else label_of(event.field)
        old, new = (
            _text_of_added(added, value, customer=customer, user=user)
            if added
            else text_of(event.field, value, customer=customer, user=user)
            for value in (event.old_value, event.new_value)
        )
        source = SOURCES.get(event.source) or CAPTURE_POINTS.get(event.source, event.source)
        name = event.actor.name if event.actor else ""
        rows.append(Change(label, old, new, source, event.at, name))
    return rows


def _column(name: str) -> Any:
    return Customer._meta.get_field(name)


def _choices(field: str) -> dict[str, Any]:
    if field not in {each.name for each in Customer._meta.concrete_fields}:
        return {}
    known = _column(field).flatchoices
    return {str(value): label for value, label in known}


def _plural(model: type[Model]) -> str:
    return str(ROWS.get(model._meta.label, model._meta.verbose_name_plural))


ROWS: dict[str, str | Promise] = {
    "customers.Lead": _("Leads"),
    "customers.Interaction": _("Talks"),
    "customers.Task": _("Tasks"),
    "customers.CustomerContact": _("Further contacts"),
    "customers.SourceEvent": _("Captures"),
    "customers.OwnershipEvent": _("Changes of owner"),
    "customers.GradeEvent": _("Changes of grade"),
    "customers.ClassEvent": _("Changes of class"),
    "customers.ConsentEvent": _("Consents"),
    "customers.CustomerRelation": _("Relations"),
    "customers.FieldEvent": _("Changes of fields"),
    "customers.IntentRegistration": _("Registered wishes"),
    "customers.CustomerTag": _("Tags"),
}
