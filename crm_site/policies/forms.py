"""The form that every policy gets from its shape."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_origin

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import ShapeError
from crm_site.policies.leaves import BLANK, SEPARATOR, Leaf, assemble, leaves_of
from crm_site.policies.registry import PolicyKind

_PARTS = re.compile(r"[,，、;；\s]+")
NOT_CHOSEN = ("", "--")


class ReasonForm(forms.Form):
    """Why a proposal is turned down."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class PolicyForm(forms.Form):
    """Every setting of a policy, from when a change counts, and why."""

    reason = forms.CharField(label=_("Reason for the change"), max_length=300)
    valid_from = forms.DateTimeField(
        label=_("Valid from"),
        required=False,
        help_text=_("Empty: as soon as it is approved."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, kind: PolicyKind, value: Any, data: Any = None) -> None:
        super().__init__(data)
        self.kind, self.value = kind, value
        self.leaves = leaves_of(value, editable=True)
        for leaf in self.leaves:
            self.fields[leaf.name] = _field(leaf)

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the settings as (heading, fields), in the order of the shape."""
        found: list[tuple[Any, list[forms.BoundField]]] = []
        for leaf in self.leaves:
            if not found or str(found[-1][0]) != str(leaf.group):
                found.append((leaf.group, []))
            found[-1][1].append(self[leaf.name])
        return found

    def clean_valid_from(self) -> datetime | None:
        """Return the moment; it must not lie in the past."""
        moment: datetime | None = self.cleaned_data["valid_from"]
        if moment is not None and moment < timezone.now():
            raise forms.ValidationError(_("Choose a moment in the future, or leave it empty."))
        return moment

    def clean(self) -> dict[str, Any]:
        """Check the settings together; errors stand beside the setting they name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors.keys() & {leaf.name for leaf in self.leaves}:
            try:
                self.kind.read(self.payload())
            except ShapeError as error:
                for path, words in error.errors.items():
                    self.add_error(self._nearest(path), [str(word) for word in words])
        return cleaned

    def payload(self) -> Any:
        """Return what was entered, as the policy's JSON."""
        return assemble(self.value, lambda leaf: _to_json(leaf, self.cleaned_data.get(leaf.name)))

    def _nearest(self, path: str) -> str | None:
        """Return the field an error is shown at: its own, its list's, or the first of its group."""
        for leaf in self.leaves:
            if f"{path}.".startswith(f"{leaf.name}.") or leaf.name.startswith(f"{path}."):
                return leaf.name
        return None


def _field(leaf: Leaf) -> forms.Field:
    setting = leaf.setting
    is_new = leaf.value is BLANK
    label = f"{leaf.label} ({setting.unit})" if setting.unit else leaf.label
    common: dict[str, Any] = {
        "label": label,
        "initial": None if is_new else _initial(leaf),
        "required": not (is_new or leaf.is_optional),
        "help_text": setting.help if len(leaf.path) == 1 else "",
    }
    if leaf.kind is bool:
        return forms.BooleanField(**common | {"required": False})
    if isinstance(leaf.kind, type) and issubclass(leaf.kind, Enum):
        words = setting.labels or {}
        choices = [(item.value, words.get(item.value, item.value)) for item in leaf.kind]
        return forms.ChoiceField(
            choices=choices if common["required"] else [NOT_CHOSEN, *choices], **common
        )
    if leaf.kind is int:
        limits = {"min_value": setting.low, "max_value": setting.high}
        return forms.IntegerField(**common | limits)
    if leaf.kind is Decimal:
        return forms.DecimalField(**common)
    if leaf.kind is datetime:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.DateTimeField(widget=widget, **common)
    if leaf.kind is date:
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    return forms.CharField(max_length=500, **common | {"required": False})


def _initial(leaf: Leaf) -> Any:
    if isinstance(leaf.value, tuple):
        return SEPARATOR.join(str(getattr(item, "value", item)) for item in leaf.value)
    return leaf.value.value if isinstance(leaf.value, Enum) else leaf.value


def _to_json(leaf: Leaf, entered: Any) -> Any:
    if get_origin(leaf.kind) is tuple:
        parts = [part for part in _PARTS.split(entered or "") if part]
        return [_number(part) for part in parts] if get_args(leaf.kind)[0] is int else parts
    if isinstance(entered, Decimal):
        return str(entered)
    if isinstance(entered, (date, datetime)):
        return entered.isoformat()
    if entered == "" and (leaf.is_optional or leaf.kind is not str):
        return None
    return entered


def _number(part: str) -> int | str:
    return int(part) if part.isascii() and part.isdecimal() else part
