"""The question of the explorer, read from the address."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.forms import DAYS
from analytics.warehouse import words
from analytics.warehouse.places import offered_places, sight_of
from analytics.warehouse.rules.levels import begin_of
from analytics.warehouse.rules.measures import DIMENSIONS, LEVELS, MEASURES, Measure
from crm_site.staff.models import User

USUAL_DAYS = 90
LONGEST_DAYS = 3653
KEYS = {"region", "project", "team", "consultant"}
CHOSEN = ("region", "project", "channel", "grade", "stage", "kind")  # offered as filters
NOTHING = pgettext_lazy("dimension", "Nothing")


@dataclass(frozen=True, slots=True)
class Days:
    """The period of a question, ``[start, end)``."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Ask:
    """A checked question of the explorer."""

    measure: Measure
    rows: str
    columns: str
    days: Days
    where: Mapping[str, Any]

    @property
    def by(self) -> tuple[str, ...]:
        """Return the dimensions asked for."""
        return (self.rows, self.columns) if self.columns else (self.rows,)


class CubeForm(forms.Form):
    """Measure, rows, columns, days, and one value of any dimension as a filter."""

    measure = forms.ChoiceField(label=pgettext_lazy("cube", "Measure"))
    rows = forms.ChoiceField(label=pgettext_lazy("cube", "Rows"))
    columns = forms.ChoiceField(label=pgettext_lazy("cube", "Columns"), required=False)
    start = forms.DateField(
        label=pgettext_lazy("cube", "From"),
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=DAYS,
    )
    until = forms.DateField(
        label=pgettext_lazy("cube", "Until, included"),
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=DAYS,
    )

    def __init__(self, data: Any, *, user: User, today: dt.date) -> None:
        self.places = offered_places(sight_of(user))
        self.offered = [
            (key, words.MEASURES[key])
            for key, measure in MEASURES.items()
            if user.has_perm(words.RIGHTS[measure.fact])
        ]
        usual = {
            "measure": self.offered[0][0] if self.offered else "",
            "rows": "project",
            "columns": "month",
            "start": (today - dt.timedelta(days=USUAL_DAYS - 1)).isoformat(),
            "until": today.isoformat(),
        }
        asked = {key: data.get(key, value) for key, value in usual.items()}
        super().__init__(asked | {key: data[key] for key in DIMENSIONS if data.get(key, "") != ""})
        fields: Any = self.fields
        fields["measure"].choices = self.offered
        named = list(words.DIMENSIONS.items())
        fields["rows"].choices = named
        fields["columns"].choices = [("", NOTHING), *named]
        wanted = asked["measure"]
        fact = MEASURES[wanted].fact if wanted in MEASURES else None
        for key in DIMENSIONS:
            fields[key] = self._filter(key, fact)

    def _filter(self, key: str, fact: Any) -> forms.Field:
        label = words.DIMENSIONS[key]
        if key in LEVELS:
            return forms.DateField(
                label=label, required=False, widget=forms.HiddenInput, validators=DAYS
            )
        if key in KEYS and key not in CHOSEN:
            return forms.IntegerField(label=label, required=False, widget=forms.HiddenInput)
        if key not in CHOSEN:
            return forms.CharField(
                label=label, required=False, max_length=60, widget=forms.HiddenInput
            )
        found = words.values(key, fact) if fact else {}
        if key in self.places:
            found = {place: word for place, word in found.items() if place in self.places[key]}
        choices = [(BLANK if value == "" else value, word) for value, word in found.items()]
        return forms.ChoiceField(label=label, required=False, choices=[("", _("All")), *choices])

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order or too many of them."""
        said: dict[str, Any] = super().clean() or {}
        start, until = said.get("start"), said.get("until")
        if start and until and until < start:
            self.add_error("until", _("Choose a day on or after the first one."))
        if start and until and (until - start).days > LONGEST_DAYS:
            self.add_error("start", _("Choose at most ten years."))
        if said.get("columns") and said.get("columns") == said.get("rows"):
            self.add_error("columns", _("Choose another dimension than for the rows."))
        return said

    def ask(self) -> Ask:
        """Return the question of a valid form."""
        said = self.cleaned_data
        where = {
            key: _value(key, said[key]) for key in DIMENSIONS if said.get(key) not in (None, "")
        }
        days = Days(said["start"], said["until"] + dt.timedelta(days=1))
        return Ask(MEASURES[said["measure"]], said["rows"], said["columns"], days, where)

    @property
    def chosen(self) -> list[Any]:
        """Return the filters that are offered."""
        return [self[key] for key in CHOSEN]


BLANK = "-"  # in an address: the value that is empty, not "all"


def _value(key: str, said: Any) -> Any:
    if key in LEVELS:
        return begin_of(key, said)
    if said == BLANK:
        return ""
    return int(said) if key in KEYS else said


def shown(value: Any) -> str:
    """Return a value as it stands in an address."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return BLANK if value == "" else str(value)
