"""What somebody writes down about a customer, cleaned field by field (CUS-04, CUS-05). Pure.

``clean_entry`` and ``clean_changes`` return the values as they are stored, or raise ``EntryError``
with the faults of every field at once. Words of controlled lists are looked up by the caller.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from customers.rules.axes import CustomerKind, LeadState, Nature
from customers.rules.followups import Urgency
from customers.rules.groups import LONGEST_NEED, NEEDS
from customers.rules.identity import (
    IdentityError,
    normalise_email,
    normalise_id_number,
    parse_birthday,
    plausible_birthday,
)
from customers.rules.phones import MAX_INPUT, PhoneError, normalise_phone
from customers.rules.responses import Complexity
from customers.rules.text import clean_lines, clean_name, clean_text

NO_CAMPAIGN = "none"
LARGEST_AMOUNT = Decimal("999999999999.99")
# Upper bounds, in yuan, of bands 1 to 4 of spending power; a higher income is band 5 (CUS-11).
INCOME_BANDS = (Decimal(100_000), Decimal(200_000), Decimal(500_000), Decimal(1_000_000))


class CapturePoint(StrEnum):
    """Where a customer is captured (CUS-04)."""

    WEB_FORM = "web_form"
    APP = "app"
    WECHAT = "wechat"
    STORE = "store"
    HOTLINE = "hotline"
    FRONT_DESK = "front_desk"
    AFTER_SALES = "after_sales"
    IMPORT = "import"


DEFAULT_SOURCE: dict[str, str] = {
    CapturePoint.WEB_FORM: "website",
    CapturePoint.APP: "app",
    CapturePoint.WECHAT: "wechat",
    CapturePoint.STORE: "walk_in",
    CapturePoint.HOTLINE: "hotline",
    CapturePoint.FRONT_DESK: "walk_in",
    CapturePoint.AFTER_SALES: "after_sales",
    CapturePoint.IMPORT: "import",
}


class EntryFault(StrEnum):
    REQUIRED = "required"
    TOO_LONG = "too_long"
    NUMBER = "number"
    AMOUNT_RANGE = "amount_range"
    BUDGET_ORDER = "budget_order"
    CHOICE = "choice"
    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_REFERENCE = "unknown_reference"
    CONTACT_NEEDED = "contact_needed"
    PHONE_TAKEN = "phone_taken"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one value is refused; ``params`` fill the message that belongs to ``code``."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


class FaultsError(ValueError):
    """Some fields hold what cannot be stored; ``faults`` has every one of them by field."""

    def __init__(self, faults: Mapping[str, list[Fault]]) -> None:
        self.faults = {name: list(found) for name, found in faults.items()}
        super().__init__(", ".join(f"{n}: {f[0].code}" for n, f in self.faults.items()))

    @property
    def codes(self) -> dict[str, list[str]]:
        """The codes of the faults by field."""
        return {name: [fault.code for fault in found] for name, found in self.faults.items()}


class _FieldError(ValueError):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.fault = Fault(str(code), params)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEntry:
    """One capture of a customer at one capture point, as it was typed or read.

    ``project`` is a project or ``None``, ``owner`` a consultant (imports) or ``None``.
    ``received_at`` is when the customer enquired; ``None`` means now.
    """

    capture_point: str
    name: str = ""
    phone: str = ""
    kind: str = CustomerKind.PERSON.value
    gender: str = ""
    birthday: dt.date | str | None = None
    id_number: str = ""
    annual_income: Decimal | str | None = None
    email: str = ""
    wechat: str = ""
    city: str = ""
    district: str = ""
    address: str = ""
    occupation: str = ""
    family: str = ""
    budget_min: Decimal | str | None = None
    budget_max: Decimal | str | None = None
    layout: str = ""
    motive: str = ""
    intent: int | str | None = None
    project_role: str = ""
    remark: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    # The enquiry
    source: str = ""
    campaign: str = NO_CAMPAIGN
    enquiry: str = ""
    urgency: str = ""
    complexity: str = ""
    project: Any = None
    owner: Any = None
    received_at: dt.datetime | None = None
    external_source: str = ""
    external_id: str = ""
    lead_state: LeadState | None = None
    starts_clocks: bool = True
    import_job: int | None = None


NOT_CLEANED = {
    "capture_point",
    "project",
    "owner",
    "received_at",
    "lead_state",
    "starts_clocks",
    "import_job",
}
LENGTHS = {
    "name": 80,
    "wechat": 60,
    "city": 40,
    "district": 60,
    "address": 200,
    "occupation": 60,
    "family": 60,
    "layout": 60,
    "motive": 60,
    "source": 60,
    "campaign": 80,
    "enquiry": 500,
    "remark": 2000,
    "managed_estate": 80,
    "external_source": 40,
    "external_id": 80,
}
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": tuple(kind.value for kind in CustomerKind),
    "gender": ("", "m", "f"),
    "project_role": ("", "decider", "influencer", "user", "adviser"),
    "nature": ("", *(nature.value for nature in Nature)),
    "credit_status": ("", "good", "normal", "weak", "unknown"),
    "payment_method": ("", "full", "mortgage", "fund", "combined", "instalments"),
    "urgency": ("", *(urgency.value for urgency in Urgency)),
    "complexity": ("", *(complexity.value for complexity in Complexity)),
}
# The only fields that an edit may change; everything else follows from services.
EDITABLE = frozenset(
    {
        *("name", "phone", "kind", "gender", "birthday", "id_number", "annual_income"),
        *("email", "wechat", "city", "district", "address", "occupation", "family"),
        *("budget_min", "budget_max", "layout", "motive", "intent", "project_role"),
        *("remark", "custom", "nature", "needs", "managed_estate"),
        *("credit_status", "payment_method"),
    }
)


def clean_entry(
    entry: CustomerEntry, *, mandatory: Collection[str], today: dt.date
) -> dict[str, Any]:
    """Return the entry's values as they are stored; raise ``FaultsError``.

    ``mandatory`` are names of fields; ``phone|external_id`` asks for one of both.
    """
    given = {
        item.name: getattr(entry, item.name)
        for item in fields(entry)
        if item.name not in NOT_CLEANED
    }
    given["source"] = given["source"] or DEFAULT_SOURCE.get(entry.capture_point, "")
    given["campaign"] = given["campaign"] or NO_CAMPAIGN
    values, faults = _clean(given, today)
    if entry.capture_point not in DEFAULT_SOURCE:
        faults["capture_point"] = [Fault(EntryFault.CHOICE)]
    for rule in {*mandatory, "source"}:
        names = rule.split("|")
        if not any(values.get(name) or name in faults for name in names):
            code = EntryFault.REQUIRED if len(names) == 1 else EntryFault.CONTACT_NEEDED
            faults.setdefault(names[0], []).append(Fault(code))
    if faults:
        raise FaultsError(faults)
    return values


def clean_changes(changes: Mapping[str, Any], *, today: dt.date) -> dict[str, Any]:
    """Return the changed values as they are stored; fields outside ``EDITABLE`` are refused."""
    values, faults = _clean({k: v for k, v in changes.items() if k in EDITABLE}, today)
    for name in changes.keys() - EDITABLE:
        faults[name] = [Fault(EntryFault.UNKNOWN_FIELD)]
    if "name" in values and not values["name"]:
        faults["name"] = [Fault(EntryFault.REQUIRED)]
    if faults:
        raise FaultsError(faults)
    return values


def check_budget(low: Decimal | None, high: Decimal | None) -> None:
    """Raise ``FaultsError`` where the budget ends below its start."""
    if low is not None and high is not None and high < low:
        raise FaultsError({"budget_max": [Fault(EntryFault.BUDGET_ORDER)]})


def spending_power(annual_income: Decimal | str | None) -> int | None:
    """Return the band, 1 to 5, of a yearly income in yuan; ``None`` when it is unknown."""
    if annual_income in (None, ""):
        return None
    income = Decimal(str(annual_income))
    return 1 + sum(income >= bound for bound in INCOME_BANDS)


def _clean(
    given: Mapping[str, Any], today: dt.date
) -> tuple[dict[str, Any], dict[str, list[Fault]]]:
    values: dict[str, Any] = {}
    faults: dict[str, list[Fault]] = {}
    for name, raw in given.items():
        try:
            values[name] = _CLEANERS[name](name, raw, today)
        except _FieldError as fault:
            faults[name] = [fault.fault]
        except (PhoneError, IdentityError) as error:
            faults[name] = [Fault(str(error.code), error.params)]
    low, high = values.get("budget_min"), values.get("budget_max")
    if low is not None and high is not None and high < low:
        faults["budget_max"] = [Fault(EntryFault.BUDGET_ORDER)]
    return values, faults


def _text(name: str, raw: Any, _today: dt.date) -> str:
    text = clean_name(_as_text(raw)) if name == "name" else clean_text(_as_text(raw))
    return _limited(name, text)


def _lines(name: str, raw: Any, _today: dt.date) -> str:
    return _limited(name, clean_lines(_as_text(raw)))


def _limited(name: str, text: str) -> str:
    limit = LENGTHS[name]
    if len(text) > limit:
        raise _FieldError(EntryFault.TOO_LONG, limit=limit, count=len(text))
    return text


def _as_text(raw: Any) -> str:
    if isinstance(raw, (Mapping, list, tuple, set, bool)):
        raise _FieldError(EntryFault.CHOICE)
    return "" if raw is None else str(raw)


def _choice(name: str, raw: Any, _today: dt.date) -> str:
    value = _as_text(raw).strip()
    if value not in CHOICES[name]:
        raise _FieldError(EntryFault.CHOICE)
    return value


def _phone(_name: str, raw: Any, _today: dt.date) -> str | None:
    text = _as_text(raw)
    return normalise_phone(text).e164 if text.strip()[: MAX_INPUT + 1] else None


def _email(_name: str, raw: Any, _today: dt.date) -> str | None:
    text = _as_text(raw).strip()
    return normalise_email(text) if text else None


def _id_number(_name: str, raw: Any, today: dt.date) -> str | None:
    text = _as_text(raw).strip()
    return normalise_id_number(text, today=today).number if text else None


def _day(_name: str, raw: Any, today: dt.date) -> dt.date | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if isinstance(raw, dt.date):
        return plausible_birthday(raw, today=today)
    return parse_birthday(str(raw), today=today)


def _amount(_name: str, raw: Any, _today: dt.date) -> Decimal | None:
    """Return yuan with two decimals."""
    if raw is None or raw == "":
        return None
    try:
        amount = Decimal(clean_name(str(raw)[:40]).replace(",", ""))
        if not amount.is_finite() or not 0 <= amount <= LARGEST_AMOUNT:
            raise _FieldError(EntryFault.AMOUNT_RANGE)
        return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        raise _FieldError(EntryFault.NUMBER) from None


def _intent(_name: str, raw: Any, _today: dt.date) -> int | None:
    if raw is None or raw == "":
        return None
    if str(raw) not in ("1", "2", "3"):
        raise _FieldError(EntryFault.CHOICE)
    return int(raw)


def _custom(_name: str, raw: Any, _today: dt.date) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise _FieldError(EntryFault.CHOICE)
    return dict(raw)


def _needs(_name: str, raw: Any, _today: dt.date) -> dict[str, str]:
    """Return the need fields by key; those that no group has are refused (CUS-07)."""
    if not isinstance(raw, Mapping) or not set(raw) <= set(NEEDS):
        raise _FieldError(EntryFault.CHOICE)
    needs = {str(key): clean_text(_as_text(text)) for key, text in raw.items()}
    longest = max((len(text) for text in needs.values()), default=0)
    if longest > LONGEST_NEED:
        raise _FieldError(EntryFault.TOO_LONG, limit=LONGEST_NEED, count=longest)
    return needs


_CLEANERS: dict[str, Callable[[str, Any, dt.date], Any]] = {
    **dict.fromkeys(LENGTHS, _text),
    **dict.fromkeys(CHOICES, _choice),
    "remark": _lines,
    "enquiry": _lines,
    "phone": _phone,
    "email": _email,
    "id_number": _id_number,
    "birthday": _day,
    "annual_income": _amount,
    "budget_min": _amount,
    "budget_max": _amount,
    "intent": _intent,
    "custom": _custom,
    "needs": _needs,
}
