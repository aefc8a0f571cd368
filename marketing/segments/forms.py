"""The forms of segments: one field for each that a rule may ask for."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.filters import visible_projects, visible_regions
from customers.models import Tag
from marketing.segments import choices
from marketing.segments.labels import FIELD_LABELS, VALUES, fault_words, unknown_value, yes_no
from marketing.segments.models import Segment
from marketing.segments.rules.fields import FIELDS, MASKED
from marketing.segments.rules.tree import FieldKind, Group, Leaf, Op, TreeError, read, write

YES: Final = {"yes": True, "no": False}
DAY_OPS: Final = (
    ("within", Op.WITHIN, pgettext_lazy("rule", "%(field)s within the last days")),
    ("longer", Op.LONGER, pgettext_lazy("rule", "%(field)s longer ago than days")),
)


class SegmentForm(forms.Form):
    """A segment: its name and its conditions, all or any of which hold; nested ones as text."""

    name = forms.CharField(label=pgettext_lazy("thing", "Name"), max_length=80)
    note = forms.CharField(label=_("What it is for"), max_length=300, required=False)
    way = forms.ChoiceField(label=_("A customer belongs with"), choices=choices.WAYS)

    def __init__(self, *args: Any, request: Any, segment: Segment | None = None, **kw: Any) -> None:
        kw.setdefault("initial", {})
        if segment is not None:
            kw["initial"] = initial_of(segment) | kw["initial"]
        super().__init__(*args, **kw)
        for name, kind in FIELDS.items():
            _ADD[kind](self.fields, name)
        self._offer(request)
        self.fields["rule"] = forms.CharField(
            label=_("Rule as text, for nested conditions"),
            required=False,
            max_length=8000,
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            help_text=_("JSON with “way” and “parts”; leave the conditions above empty then."),
        )

    def _offer(self, request: Any) -> None:
        found: dict[str, Any] = {
            "f_project": visible_projects(request).values_list("pk", "name"),
            "f_region": visible_regions(request).values_list("pk", "name"),
            "f_tag": Tag.objects.filter(is_active=True).values_list("pk", "name"),
        }
        for name, pairs in found.items():
            self.fields[name].choices = list(pairs)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Make the rule of what was chosen; a masked or unknown field is refused."""
        data = super().clean() or {}
        if self.errors:
            return data
        written = str(data.get("rule", "")).strip()
        parts = [part for name in FIELDS for part in _parts(name, data)]
        if written and parts:
            self.add_error("rule", _("Use either the conditions above or the text."))
            return data
        try:
            tree = self._tree(written, data["way"], parts)
            fault = unknown_value(tree)
            if fault:
                raise fault
        except TreeError as error:
            self.add_error("rule" if written else "way", fault_words(error))
        else:
            data["rules"] = write(tree)
        return data

    @staticmethod
    def _tree(written: str, way: str, parts: list[dict[str, Any]]) -> Group:
        raw: Any = {"way": way, "parts": parts}
        if written:
            try:
                raw = json.loads(written)
            except (ValueError, RecursionError):
                raw = None
        return read(raw, fields=FIELDS, masked=MASKED)


class FreezeForm(forms.Form):
    """What a segment is frozen for."""

    campaign = forms.SlugField(
        label=_("Campaign code"),
        max_length=60,
        required=False,
        allow_unicode=True,
        help_text=_("Leave it empty to keep the state of today without a campaign."),
    )


class PlacementForm(forms.Form):
    """Where a hashed audience goes."""

    channel_code = forms.CharField(label=_("Channel"), max_length=60)
    campaign_code = forms.CharField(label=_("Campaign code"), max_length=80, required=False)


class SpendForm(forms.Form):
    """What a placement cost so far."""

    spend = forms.DecimalField(
        label=_("Spent (yuan)"), max_digits=14, decimal_places=2, min_value=0
    )


def initial_of(segment: Segment) -> dict[str, Any]:
    """Return what the form shows for a stored segment; a nested rule as text."""
    initial: dict[str, Any] = {"name": segment.name, "note": segment.note}
    try:
        tree = segment.tree
    except TreeError:
        return initial | {"rule": json.dumps(segment.rules, ensure_ascii=False)}
    flat = _flat(tree)
    if flat is None:
        return initial | {"way": "all", "rule": json.dumps(write(tree), ensure_ascii=False)}
    return initial | {"way": tree.way.value} | flat


def _flat(tree: Group) -> dict[str, Any] | None:
    """Return the values of the fields for a rule that they can say; None for another one."""
    found: dict[str, Any] = {}
    for part in tree.parts:
        value = _value_of(part) if isinstance(part, Leaf) else None
        if value is None or found.keys() & value.keys():
            return None
        found |= value
    return found


def _value_of(leaf: Leaf) -> dict[str, Any] | None:
    name = f"f_{leaf.field}"
    if leaf.op is Op.IN:
        is_word = FIELDS[leaf.field] is FieldKind.WORD
        return {name: ", ".join(leaf.value) if is_word else [str(each) for each in leaf.value]}
    if leaf.op is Op.IS:
        return {name: "yes" if leaf.value else "no"}
    if leaf.op in (Op.WITHIN, Op.LONGER):
        return {f"{name}_{leaf.op.value}": leaf.value}
    ends = {
        Op.AT_LEAST: {f"{name}_from": leaf.value},
        Op.AT_MOST: {f"{name}_to": leaf.value},
    }
    if leaf.op is Op.BETWEEN:
        return {f"{name}_from": leaf.value[0], f"{name}_to": leaf.value[1]}
    return ends.get(leaf.op)


def _parts(name: str, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the conditions that the fields of one name say."""
    return [
        {"field": name, "op": op.value, "value": value}
        for op, value in _ASKED[FIELDS[name]](f"f_{name}", data)
    ]


def _listed(key: str, data: Mapping[str, Any]) -> list[tuple[Op, Any]]:
    return [(Op.IN, list(data[key]))] if data.get(key) else []


def _worded(key: str, data: Mapping[str, Any]) -> list[tuple[Op, Any]]:
    text = str(data.get(key, ""))
    for mark in ("，", "、", "；", ";"):
        text = text.replace(mark, ",")
    words = [word.strip() for word in text.split(",") if word.strip()]
    return [(Op.IN, words)] if words else []


def _ranged(key: str, data: Mapping[str, Any]) -> list[tuple[Op, Any]]:
    low, high = data.get(f"{key}_from"), data.get(f"{key}_to")
    if low is not None and high is not None:
        return [(Op.BETWEEN, [low, high])]
    if low is not None:
        return [(Op.AT_LEAST, low)]
    return [(Op.AT_MOST, high)] if high is not None else []


def _aged(key: str, data: Mapping[str, Any]) -> list[tuple[Op, Any]]:
    found = [(op, data.get(f"{key}_{end}")) for end, op, _words in DAY_OPS]
    return [(op, value) for op, value in found if value is not None]


def _flagged(key: str, data: Mapping[str, Any]) -> list[tuple[Op, Any]]:
    return [(Op.IS, YES[data[key]])] if data.get(key) else []


_ASKED: Final[Mapping[FieldKind, Any]] = {
    FieldKind.CHOICE: _listed,
    FieldKind.KEY: _listed,
    FieldKind.WORD: _worded,
    FieldKind.NUMBER: _ranged,
    FieldKind.DAYS: _aged,
    FieldKind.FLAG: _flagged,
}


def _add_list(fields: dict[str, forms.Field], name: str) -> None:
    fields[f"f_{name}"] = forms.MultipleChoiceField(
        label=FIELD_LABELS[name],
        choices=VALUES.get(name, ()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _add_word(fields: dict[str, forms.Field], name: str) -> None:
    fields[f"f_{name}"] = forms.CharField(
        label=FIELD_LABELS[name],
        max_length=400,
        required=False,
        help_text=_("Several with commas between them."),
    )


def _add_number(fields: dict[str, forms.Field], name: str) -> None:
    for end, words in (
        ("from", pgettext_lazy("rule", "%(field)s: at least")),
        ("to", pgettext_lazy("rule", "%(field)s: at most")),
    ):
        fields[f"f_{name}_{end}"] = forms.DecimalField(
            label=str(words) % {"field": FIELD_LABELS[name]},
            max_digits=14,
            decimal_places=2,
            min_value=0,
            required=False,
        )


def _add_days(fields: dict[str, forms.Field], name: str) -> None:
    for end, _op, words in DAY_OPS:
        fields[f"f_{name}_{end}"] = forms.IntegerField(
            label=str(words) % {"field": FIELD_LABELS[name]},
            min_value=0,
            max_value=20_000,
            required=False,
        )


def _add_flag(fields: dict[str, forms.Field], name: str) -> None:
    fields[f"f_{name}"] = forms.ChoiceField(
        label=FIELD_LABELS[name], choices=yes_no(), required=False
    )


_ADD: Final[Mapping[FieldKind, Any]] = {
    FieldKind.CHOICE: _add_list,
    FieldKind.KEY: _add_list,
    FieldKind.WORD: _add_word,
    FieldKind.NUMBER: _add_number,
    FieldKind.DAYS: _add_days,
    FieldKind.FLAG: _add_flag,
}
