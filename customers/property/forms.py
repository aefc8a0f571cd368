"""What people type about projects, their parts, areas and the checklist of the sales hall."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import AdverseFactor, Building, Certificate, Project, ProjectPhase, Unit
from customers.property import choices
from customers.property.measuring import Areas
from customers.property.people import specialists_near

AREA: dict[str, Any] = {"min_value": 0.01, "max_digits": 8, "decimal_places": 2}


def day_input() -> forms.DateInput:
    """Return the browser's own control for a date."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class OrderedDaysForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form with pairs of days of which the second is not before the first."""

    pairs: tuple[tuple[str, str], ...] = ()
    same_day = True

    def clean(self) -> dict[str, Any]:
        """Refuse an end before its start, and an end without a start."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for first, last in self.pairs:
            start, end = values.get(first), values.get(last)
            if end is None or first in self.errors:
                continue
            if start is None:
                self.add_error(first, _("Enter the start as well."))
            elif end < start or (end == start and not self.same_day):
                self.add_error(last, _("The end is before the start."))
        return values


class ProjectForm(forms.ModelForm):  # type: ignore[type-arg]
    """The facts of a project."""

    class Meta:
        model = Project
        fields = ["city", "address", "launch_on", "specialist"]
        widgets = {"launch_on": day_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["specialist"]
        field.queryset = specialists_near(self.instance)


class PhaseForm(OrderedDaysForm):
    """One phase: plan, actual days, who is responsible, budget, resources and risks (MKT-07)."""

    pairs = (("planned_from", "planned_until"), ("started_on", "ended_on"))

    class Meta:
        model = ProjectPhase
        fields = [
            *("kind", "planned_from", "planned_until", "started_on", "ended_on"),
            *("budget", "resources", "risks"),
        ]
        widgets = {
            "planned_from": day_input(),
            "planned_until": day_input(),
            "started_on": day_input(),
            "ended_on": day_input(),
            "resources": forms.Textarea(attrs={"rows": 3}),
            "risks": forms.Textarea(attrs={"rows": 3}),
        }


class CertificateForm(OrderedDaysForm):
    """One of the five certificates."""

    pairs, same_day = (("issued_on", "expires_on"),), False

    class Meta:
        model = Certificate
        fields = ["kind", "number", "issued_on", "expires_on", "covers"]
        widgets = {"issued_on": day_input(), "expires_on": day_input()}


class BuildingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A building or a car park."""

    class Meta:
        model = Building
        fields = ["name", "section", "floors", "sort_key", "handover_on"]
        widgets = {"handover_on": day_input()}


class PlacedForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is about a project, one of its buildings or one unit, told by its number."""

    unit_number = forms.CharField(
        label=gettext_lazy("Unit number"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Such as 1801, or 1-1801 with the entrance. Empty: all units."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["building"]
        field.queryset = Building.objects.filter(project=self.instance.project_id)
        field.empty_label = _("The whole project")
        unit = self.instance.unit
        if unit is not None:
            self.initial["unit_number"] = "-".join(filter(None, (unit.entrance, unit.number)))

    def clean(self) -> dict[str, Any]:
        """Find the unit; it names its building."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        text, self.instance.unit = values.get("unit_number", ""), None
        if not text:
            return values
        if values.get("building") is None:
            self.add_error("building", _("Choose the building of the unit."))
            return values
        entrance, _dash, number = text.rpartition("-")
        units = Unit.objects.filter(building=values["building"], number=number)
        found = list(units.filter(entrance=entrance)[:2] if entrance else units[:2])
        if len(found) == 1:
            self.instance.unit = found[0]
        elif found:
            self.add_error("unit_number", _("Several entrances have it. Write 1-1801."))
        else:
            self.add_error("unit_number", _("The building has no such unit."))
        return values


class FactorForm(PlacedForm):
    """What speaks against a project, one of its buildings or one unit (MKT-62)."""

    class Meta:
        model = AdverseFactor
        fields = ["kind", "building", "unit_number", "since", "text"]
        widgets = {"since": day_input(), "text": forms.Textarea(attrs={"rows": 3})}


class EndForm(forms.Form):
    """Since when an adverse factor is gone."""

    on = forms.DateField(label=gettext_lazy("Gone since"), widget=day_input())

    def __init__(self, *args: Any, since: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since = since

    def clean_on(self) -> Any:
        """Refuse a day before the factor was known."""
        on = self.cleaned_data["on"]
        if on < self._since:
            raise forms.ValidationError(_("The end is before the start."))
        return on


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a unit is; its state, its price and what was measured are kept elsewhere."""

    tour_url = forms.URLField(
        label=gettext_lazy("VR tour"), max_length=300, required=False, assume_scheme="https"
    )

    class Meta:
        model = Unit
        fields = ["kind", "floor", "number", "layout", "forecast_area", "orientation", "tour_url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        layout: Any = self.fields["layout"]
        layout.queryset = layout.queryset.filter(project=self.instance.project_id)

    def clean_forecast_area(self) -> Any:
        """Refuse an area that is not above 0."""
        area = self.cleaned_data["forecast_area"]
        if area <= 0:
            raise forms.ValidationError(_("An area is above 0."))
        return area


class AreaForm(forms.Form):
    """What the measuring found, in m² (MKT-52)."""

    measured_area = forms.DecimalField(label=gettext_lazy("Measured area (m²)"), **AREA)
    inner_area = forms.DecimalField(label=gettext_lazy("Inner area (m²)"), required=False, **AREA)
    shared_area = forms.DecimalField(
        label=gettext_lazy("Shared area (m²)"), required=False, **AREA | {"min_value": 0}
    )

    def areas(self) -> Areas:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        return Areas(found["measured_area"], found["inner_area"], found["shared_area"])


class OnSaleForm(forms.Form):
    """Since when a project has been on sale, and how that is known."""

    on = forms.DateField(label=gettext_lazy("On sale since"), widget=day_input())
    reason = forms.CharField(label=gettext_lazy("How do you know"), max_length=200)


class TickForm(forms.Form):
    """An item of the checklist with the photo that shows it (MKT-61)."""

    kind = forms.ChoiceField(label=gettext_lazy("Item"), choices=choices.DISCLOSURES)
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        help_text=gettext_lazy("JPEG, PNG or WebP. Where and when it was taken is removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)
