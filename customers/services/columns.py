"""From cleaned values to the columns of a customer, and the words and fields a company defines."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date

from customers.errors import EntryError
from customers.indexes import contact_index, id_number_index, phone_columns
from customers.models import Customer, CustomerContact, CustomField
from customers.rules.completeness import STANDS_FOR, WEIGHTS, completeness
from customers.rules.entry import EntryFault, Fault, spending_power
from customers.rules.search import name_tokens, sort_key
from customers.rules.text import clean_text
from customers.vocabulary import code_of, labels

LONGEST_CUSTOM_TEXT = 200
COUNTED = {*WEIGHTS, *(name for names in STANDS_FOR.values() for name in names)}
CONTACT_KINDS = ("email", "wechat")
# Values that describe the enquiry, not the person.
ENQUIRY = {"source", "campaign", "enquiry", "urgency", "complexity"}


def local_day(now: dt.datetime) -> dt.date:
    """Return the calendar day of ``now`` where the company works."""
    return timezone.localtime(now).date()


def with_codes(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` with words of controlled lists as codes and custom fields as typed.

    A known spelling of a city becomes the usual one, an unknown city stays. Raise ``EntryError``
    for words that are not on their list.
    """
    found = dict(values)
    faults: dict[str, list[Fault]] = {}
    for name in ("source", "layout"):
        word = found.get(name)
        if word:
            found[name] = code_of(name, word)
            if found[name] is None:
                faults[name] = [Fault(EntryFault.UNKNOWN_WORD, {"word": word})]
    if found.get("city"):
        code = code_of("city", found["city"])
        found["city"] = _chinese_city(code) if code else found["city"]
    if found.get("custom"):
        found["custom"], custom_faults = _custom(found["custom"])
        if custom_faults:
            faults["custom"] = custom_faults
    if faults:
        raise EntryError(faults)
    return found


def customer_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of ``Customer`` that follow from cleaned values, indexes included."""
    columns = {
        name: value
        for name, value in values.items()
        if name not in ENQUIRY and name not in CONTACT_KINDS
    }
    if "name" in columns:
        columns["sort_key"] = sort_key(columns["name"])
        columns["tokens"] = name_tokens(columns["name"])
    if "phone" in columns:
        columns |= phone_columns(columns["phone"])
    if "id_number" in columns:
        number = columns["id_number"]
        columns["id_number_index"] = id_number_index(number) if number else None
    if "annual_income" in columns:
        income = columns["annual_income"]
        columns["annual_income"] = None if income is None else str(income)
        columns["spending_power"] = spending_power(income)
    if "address" in columns:
        columns["address"] = columns["address"] or None
    return columns


def completeness_of(customer: Customer, changed: Mapping[str, Any] | None = None) -> int:
    """Return how complete ``customer`` is, in percent, once ``changed`` columns are written."""
    values = {name: getattr(customer, name) for name in COUNTED}
    return completeness(values | dict(changed or {}))


def keep_contacts(customer: Customer, values: Mapping[str, Any], *, replace: bool) -> None:
    """Write e-mail and WeChat; ``replace`` also removes the former ones, or all for a blank."""
    for kind in CONTACT_KINDS:
        if kind not in values:
            continue
        value = values[kind]
        if replace:
            former = CustomerContact.objects.filter(customer=customer, kind=kind)
            former.exclude(value_index=contact_index(kind, value) if value else b"").delete()
        if value:
            add_contact(customer, kind=kind, value=value)


def add_contact(customer: Customer, *, kind: str, value: str) -> None:
    """Add a further way to reach ``customer``; one it already has stays as it is."""
    contact = CustomerContact(
        customer=customer, kind=kind, value=value, value_index=contact_index(kind, value)
    )
    CustomerContact.objects.bulk_create([contact], ignore_conflicts=True)


def _chinese_city(code: str) -> str:
    from django.utils.translation import override

    with override("zh-hans"):
        return labels("city")[code]


def _custom(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    known = {item.key: item for item in CustomField.objects.filter(is_active=True)}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for key, raw in given.items():
        item = known.get(str(key))
        if item is None:
            faults.append(Fault("not_a_field", {"word": clean_text(str(key))[:40]}))
            continue
        try:
            values[item.key] = _custom_value(item, raw)
        except (ValueError, InvalidOperation):
            faults.append(Fault(EntryFault.UNKNOWN_WORD, {"word": clean_text(str(raw))[:40]}))
    return values, faults


def _custom_value(item: CustomField, raw: Any) -> Any:
    """Return ``raw`` as JSON of the field's kind; raise ``ValueError`` where it does not fit."""
    text = clean_text(str(raw))[: LONGEST_CUSTOM_TEXT + 1]
    if not text or len(text) > LONGEST_CUSTOM_TEXT:
        if text:
            raise ValueError(item.key)
        return None
    if item.kind == CustomField.Kind.NUMBER:
        number = Decimal(text.replace(",", ""))
        if not number.is_finite():
            raise ValueError(item.key)
        return str(number)
    if item.kind == CustomField.Kind.DATE:
        day = parse_date(text)
        if day is None:
            raise ValueError(item.key)
        return day.isoformat()
    return _custom_choice(item, text)


def _custom_choice(item: CustomField, text: str) -> Any:
    if item.kind == CustomField.Kind.BOOLEAN:
        words = {"true": True, "1": True, "是": True, "yes": True}  # han: words read
        words |= {"false": False, "0": False, "否": False, "no": False}  # han: words read
        if text.lower() not in words:
            raise ValueError(item.key)
        return words[text.lower()]
    if item.kind == CustomField.Kind.CHOICE and text not in item.choices:
        raise ValueError(item.key)
    return text
