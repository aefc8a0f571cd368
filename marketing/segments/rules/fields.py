"""The fields a segment may ask for, and those it must not (MKT-77, A-24). Pure.

Only what everybody who sees a customer also reads on its page. A masked or encrypted field is
never asked: the size of a segment would tell its value.
"""

from collections.abc import Mapping
from typing import Final

from marketing.segments.rules.tree import FieldKind

FIELDS: Final[Mapping[str, FieldKind]] = {
    "kind": FieldKind.CHOICE,
    "customer_class": FieldKind.CHOICE,
    "grade": FieldKind.CHOICE,
    "buying_stage": FieldKind.CHOICE,
    "phase": FieldKind.CHOICE,
    "nature": FieldKind.CHOICE,
    "project_role": FieldKind.CHOICE,
    "channel_wish": FieldKind.CHOICE,
    "lead_state": FieldKind.CHOICE,
    "purpose": FieldKind.CHOICE,
    "source": FieldKind.WORD,
    "campaign": FieldKind.WORD,
    "city": FieldKind.WORD,
    "district": FieldKind.WORD,
    "layout": FieldKind.WORD,
    "motive": FieldKind.WORD,
    "project": FieldKind.KEY,
    "region": FieldKind.KEY,
    "tag": FieldKind.KEY,
    "intent": FieldKind.NUMBER,
    "budget_min": FieldKind.NUMBER,
    "budget_max": FieldKind.NUMBER,
    "contribution": FieldKind.NUMBER,
    "purchases": FieldKind.NUMBER,
    "activity": FieldKind.NUMBER,
    "loyalty": FieldKind.NUMBER,
    "contacted": FieldKind.DAYS,
    "signed": FieldKind.DAYS,
    "captured": FieldKind.DAYS,
    "has_owner": FieldKind.FLAG,
    "open_lead": FieldKind.FLAG,
    "bought": FieldKind.FLAG,
    "high_value": FieldKind.FLAG,
    "unreachable": FieldKind.FLAG,
}
MASKED: Final = frozenset(
    {
        *("phone", "phone_index", "phone_tail_index", "id_number", "id_number_index", "address"),
        *("annual_income", "spending_power", "credit_status", "payment_method"),
        *("contacts", "power", "name", "tokens", "sort_key", "remark", "custom", "birthday"),
    }
)
HIGH_VALUE: Final = {
    "way": "any",
    "parts": [
        {"field": "high_value", "op": "is", "value": True},
        {"field": "customer_class", "op": "in", "value": ["high_value"]},
        {"field": "grade", "op": "in", "value": ["A"]},
    ],
}
UNCLOSED: Final = {
    "way": "all",
    "parts": [
        {"field": "open_lead", "op": "is", "value": True},
        {"field": "bought", "op": "is", "value": False},
    ],
}
INVESTORS: Final = {
    "way": "any",
    "parts": [
        {"field": "nature", "op": "in", "value": ["investor", "institution"]},
        {"field": "purpose", "op": "in", "value": ["investment"]},
    ],
}
SILENT_OWNERS: Final = {
    "way": "all",
    "parts": [
        {"field": "bought", "op": "is", "value": True},
        {"field": "contacted", "op": "longer", "value": 180},
    ],
}
PRESETS: Final[Mapping[str, Mapping[str, object]]] = {
    "high_value": HIGH_VALUE,
    "unclosed": UNCLOSED,
    "investors": INVESTORS,
    "silent_owners": SILENT_OWNERS,
}
