"""The forms of selling: fields they share, and sales plans."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import User
from customers.models import Project
from marketing.selling import choices
from marketing.selling.plan_models import SalesPlan
from marketing.selling.rules.plans import NAMES, NOTHING, Figures

DAYS: Final = [MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2100, 1, 1))]
MOST_UNITS: Final = 100_000


def day_field(label: Any, **more: Any) -> forms.DateField:
    """Return a field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=DAYS, **more)


def long_field(label: Any, *, limit: int, **more: Any) -> forms.CharField:
    """Return a field for several lines."""
    area = forms.Textarea(attrs={"rows": more.pop("rows", 3)})
    return forms.CharField(label=label, max_length=limit, widget=area, **more)


def project_field(user: User, **more: Any) -> forms.ModelChoiceField:
    """Return a field for a project among those a person sees."""
    rows = Project.objects.visible_to(user)
    return forms.ModelChoiceField(label=_("Project"), queryset=rows, **more)


def offer(form: forms.Form, name: str, rows: Any) -> None:
    """Let a field choose among these records."""
    form.fields[name].queryset = rows  # type: ignore[attr-defined]


def figure_field(key: str) -> forms.Field:
    """Return the field of one figure of a plan; empty is none."""
    label = choices.FIGURES[key]
    if key == "units":
        return forms.IntegerField(label=label, min_value=0, max_value=MOST_UNITS, required=False)
    digits = 12 if key == "area" else 16
    return forms.DecimalField(
        label=label, min_value=0, max_digits=digits, decimal_places=2, required=False
    )


def figures_of(data: dict[str, Any], prefix: str = "") -> Figures:
    """Return the figures that were typed under a prefix."""
    return Figures(**{key: Decimal(data.get(f"{prefix}{key}") or 0) for key in NAMES})


class SalesPlanForm(forms.Form):
    """A new plan: project, span, and what the project is to reach."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.none())
    grain = forms.ChoiceField(label=_("Span"), choices=choices.PLAN_GRAINS, initial="month")
    day = day_field(_("A day of the span"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "project", Project.objects.visible_to(user))
        self.fields |= {key: figure_field(key) for key in NAMES}

    def figures(self) -> Figures:
        """Return the figures of the project."""
        return figures_of(self.cleaned_data)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One line of the grid: who, and the fields of the four figures."""

    label: Any
    fields: list[Any]


class PlanLinesForm(forms.Form):
    """Project and consultants of a draft, as a grid of four figures each, and what is said."""

    reason = forms.CharField(label=_("Reason or remark"), max_length=300, required=False)

    def __init__(self, *args: Any, plan: SalesPlan, people: list[User], **kwargs: Any) -> None:
        held = {line.consultant_id: line.figures for line in plan.lines.all()}
        rows = [("", plan.figures)]
        rows += [(f"c{one.pk}_", held.get(one.pk, NOTHING)) for one in people]
        kwargs["initial"] = {
            f"{prefix}{key}": getattr(figures, key) for prefix, figures in rows for key in NAMES
        }
        kwargs["initial"]["reason"] = plan.reason
        super().__init__(*args, **kwargs)
        self._people = people
        self.fields["reason"].required = plan.version > 1
        for prefix, _figures in rows:
            name = next((one.name for one in people if prefix == f"c{one.pk}_"), "")
            for key in NAMES:
                field = figure_field(key)
                field.label = f"{name} {field.label}".strip()
                self.fields[f"{prefix}{key}"] = field

    def grid(self) -> list[GridRow]:
        """Return the lines of the grid, the project first."""
        rows: list[tuple[Any, str]] = [(_("The whole project"), "")]
        rows += [(one.name, f"c{one.pk}_") for one in self._people]
        return [GridRow(label, [self[f"{prefix}{key}"] for key in NAMES]) for label, prefix in rows]

    def figures(self) -> Figures:
        """Return the figures of the project."""
        return figures_of(self.cleaned_data)

    def lines(self) -> dict[int, Figures]:
        """Return the figures of the consultants who have any."""
        found = {one.pk: figures_of(self.cleaned_data, f"c{one.pk}_") for one in self._people}
        return {key: value for key, value in found.items() if value != NOTHING}


class PlanReasonForm(forms.Form):
    """Why a plan is adjusted."""

    reason = forms.CharField(label=_("Why it is adjusted"), max_length=300)
