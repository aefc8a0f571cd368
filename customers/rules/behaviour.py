"""What a behaviour event of each kind must and may say (CUS-32). Pure."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from customers.rules.axes import Channel
from customers.rules.entry import LARGEST_AMOUNT, Fault, FaultsError
from customers.rules.text import clean_lines, clean_text

MOST_EVENTS = 500  # in one request
LONGEST_PATH = 300
LONGEST_TEXT = 1000
LONGEST_VISIT = 86_400  # seconds on one page
RATINGS = range(1, 6)
CHANNELS = frozenset(channel.value for channel in Channel if channel is not Channel.NOTE)


class BehaviourKind(StrEnum):
    """The four kinds of behaviour data (CUS-32)."""

    BROWSING = "browsing"
    CONSULTING = "consulting"
    TRANSACTION = "transaction"
    FEEDBACK = "feedback"


class Deal(StrEnum):
    """The steps of a transaction that are events."""

    SIGNING = "signing"
    PAYMENT = "payment"
    MOVE_IN = "move_in"


_DEALS = frozenset(deal.value for deal in Deal)
# The action of kinds that know only one; a transaction has to name its own.
USUAL_ACTION = {
    BehaviourKind.BROWSING: "page_view",
    BehaviourKind.CONSULTING: "question",
    BehaviourKind.FEEDBACK: "feedback",
}
TOUR_VIEW = "tour_view"  # a look at the VR tour of a unit (CUS-62)
_ACTIONS = {
    kind: frozenset({USUAL_ACTION[kind]}) if kind in USUAL_ACTION else _DEALS
    for kind in BehaviourKind
} | {BehaviourKind.BROWSING: frozenset({USUAL_ACTION[BehaviourKind.BROWSING], TOUR_VIEW})}


def clean_behaviour(
    *, kind: BehaviourKind, action: str, channel: str, facts: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return action and facts as they are stored; raise ``FaultsError`` by field.

    Browsing: ``path``, ``dwell_seconds``, ``click_rate`` (0 to 1). Consulting: ``content``, and a
    channel. Transaction: the action signing, payment or move_in; ``amount`` in yuan. Feedback:
    ``rating`` 1 to 5, ``suggestion``, or both.
    """
    cleaned, faults = _clean_facts(kind, facts)
    for name in _missing(kind, cleaned):
        faults.setdefault(f"facts.{name}", [Fault("required")])
    faults |= _about_channel(kind, channel)
    stated = action or USUAL_ACTION.get(kind, "")
    if stated not in _ACTIONS[kind]:
        faults["action"] = [Fault("choice" if stated else "required")]
    if faults:
        raise FaultsError(faults)
    return stated, cleaned


def _clean_facts(
    kind: BehaviourKind, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[Fault]]]:
    allowed = _FACTS[kind]
    cleaned: dict[str, Any] = {}
    faults: dict[str, list[Fault]] = {}
    for name, raw in facts.items():
        if name not in allowed:
            faults[f"facts.{name}"[:60]] = [Fault("unknown_field")]
        elif raw not in (None, ""):
            try:
                cleaned[name] = allowed[name](raw)
            except (TypeError, ValueError, InvalidOperation):
                faults[f"facts.{name}"] = [Fault("choice")]
    return cleaned, faults


def _about_channel(kind: BehaviourKind, channel: str) -> dict[str, list[Fault]]:
    if channel and channel not in CHANNELS:
        return {"channel": [Fault("choice")]}
    if kind is BehaviourKind.CONSULTING and not channel:
        return {"channel": [Fault("required")]}
    return {}


def _missing(kind: BehaviourKind, cleaned: Mapping[str, Any]) -> list[str]:
    if kind is BehaviourKind.FEEDBACK:
        return [] if cleaned else ["rating"]
    needed = {BehaviourKind.BROWSING: ["path"], BehaviourKind.CONSULTING: ["content"]}
    return [name for name in needed.get(kind, []) if not cleaned.get(name)]


def _path(raw: Any) -> str:
    path = clean_text(_text(raw))
    if not path.startswith("/") or len(path) > LONGEST_PATH:
        raise ValueError(raw)
    return path


def _lines(raw: Any) -> str:
    text = clean_lines(_text(raw))
    if len(text) > LONGEST_TEXT:
        raise ValueError(raw)
    return text


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError(raw)
    return raw


def _seconds(raw: Any) -> int:
    if isinstance(raw, bool) or int(raw) != raw or not 0 <= raw <= LONGEST_VISIT:
        raise ValueError(raw)
    return int(raw)


def _rate(raw: Any) -> float:
    if isinstance(raw, (bool, str)) or not 0 <= raw <= 1:
        raise ValueError(raw)
    return round(float(raw), 4)


def _stars(raw: Any) -> int:
    if isinstance(raw, bool) or raw not in RATINGS:
        raise ValueError(raw)
    return int(raw)


def _amount(raw: Any) -> str:
    """Return yuan with two decimals as text: JSON has no exact numbers."""
    if isinstance(raw, (bool, list, dict)):
        raise TypeError(raw)
    amount = Decimal(str(raw))
    if not amount.is_finite() or not 0 < amount <= LARGEST_AMOUNT:
        raise ValueError(raw)
    return str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


_FACTS: dict[BehaviourKind, dict[str, Callable[[Any], Any]]] = {
    BehaviourKind.BROWSING: {"path": _path, "dwell_seconds": _seconds, "click_rate": _rate},
    BehaviourKind.CONSULTING: {"content": _lines},
    BehaviourKind.TRANSACTION: {"amount": _amount},
    BehaviourKind.FEEDBACK: {"rating": _stars, "suggestion": _lines},
}
