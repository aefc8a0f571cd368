"""What people type about batches, times, rosters, defects, stations and transfers."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.staff.models import User
from customers.handover import choices
from customers.handover.models import DeliveryBatch
from customers.handover.rules import (
    METERS,
    Duty,
    Risk,
    RiskArea,
    Side,
    SlotPlan,
    TransferPart,
)
from customers.handover.services.batches import BatchPlan
from customers.handover.services.transferring import Passing
from customers.models.project import Project
from customers.property.forms import day_input
from customers.property.models import Building

PHOTO_TYPES = "image/jpeg,image/png,image/webp"


class BatchForm(forms.Form):
    """A batch: name, first day, the risk of each area."""

    name = forms.CharField(label=gettext_lazy("Batch"), max_length=60)
    planned_on = forms.DateField(
        label=gettext_lazy("First day of the handover"), widget=day_input()
    )
    quality = forms.ChoiceField(label=gettext_lazy("Quality risk"), choices=choices.RISKS)
    schedule = forms.ChoiceField(label=gettext_lazy("Schedule risk"), choices=choices.RISKS)
    documents = forms.ChoiceField(label=gettext_lazy("Documents risk"), choices=choices.RISKS)
    facilities = forms.ChoiceField(label=gettext_lazy("Facilities risk"), choices=choices.RISKS)
    risk_note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def plan(self) -> BatchPlan:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        return BatchPlan(
            name=found["name"],
            planned_on=found["planned_on"],
            risks={area: Risk(found[area.value]) for area in RiskArea},
            risk_note=found["risk_note"],
        )


class NewBatchForm(BatchForm):
    """A new batch of one of the projects somebody sees."""

    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=None
    )
    field_order = ["project"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]


def batch_initial(batch: DeliveryBatch) -> dict[str, Any]:
    """Return what the form of a stored batch shows."""
    names = ("name", "planned_on", "risk_note", *(area.value for area in RiskArea))
    return {name: getattr(batch, name) for name in names}


class UnitsForm(forms.Form):
    """Which units come into a batch: those of buildings, of some floors if wanted."""

    buildings: "forms.ModelMultipleChoiceField[Building]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Buildings"), queryset=None, widget=forms.CheckboxSelectMultiple
    )
    lowest = forms.IntegerField(label=gettext_lazy("From floor"), required=False)
    highest = forms.IntegerField(label=gettext_lazy("To floor"), required=False)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Building.objects.filter(project=project)
        self.fields["buildings"].queryset = rows  # type: ignore[attr-defined]


class SlotsForm(forms.Form):
    """Slots of one day."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    begins = forms.TimeField(
        label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=gettext_lazy("Until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes for each slot"), min_value=10, max_value=480, initial=60
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Units for each slot"), min_value=1, max_value=200, initial=6
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an end that is not after the start."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = values.get("begins"), values.get("ends")
        if begins is not None and ends is not None and ends <= begins:
            self.add_error("ends", _("The end is before the start."))
        return values

    def plan(self) -> SlotPlan:
        """Return the valid form as the service takes it, in local time."""
        found = self.cleaned_data

        def at(name: str) -> datetime:
            return timezone.make_aware(datetime.combine(found["day"], found[name]))

        return SlotPlan(at("begins"), at("ends"), found["minutes"], found["capacity"])


class DutyForm(forms.Form):
    """One line of the roster."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    duty = forms.ChoiceField(label=gettext_lazy("Duty"), choices=choices.DUTIES)
    side = forms.ChoiceField(label=gettext_lazy("Whose people"), choices=choices.SIDES)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)

    def line(self) -> dict[str, Any]:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        return {**found, "duty": Duty(found["duty"]), "side": Side(found["side"])}


class DefectForm(forms.Form):
    """A defect as it is entered in the unit, with or without a photo."""

    room = forms.ChoiceField(label=gettext_lazy("Room"))
    trade = forms.ChoiceField(label=gettext_lazy("Trade"), choices=choices.TRADES)
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        choices=choices.SEVERITIES,
        widget=forms.RadioSelect,
        initial="minor",
    )
    text = forms.CharField(label=gettext_lazy("What is wrong"), max_length=300)
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": PHOTO_TYPES, "capture": "environment"}),
    )

    def __init__(self, *args: Any, rooms: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [(room, choices.room_label(room)) for room in rooms]  # type: ignore[attr-defined]


class TransferForm(forms.Form):
    """What goes over to the property company: a value for each part, or that it is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part, label in choices.TRANSFER_PARTS:
            hint = gettext_lazy("Reading") if part in METERS else ""
            self.fields[part] = forms.CharField(
                label=label, max_length=120, required=False, help_text=hint
            )
            self.fields[f"{part}_missing"] = forms.BooleanField(
                label=gettext_lazy("Missing"), required=False
            )

    def passing(self) -> dict[TransferPart, Passing]:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        return {
            part: Passing(found[part.value], is_missing=found[f"{part.value}_missing"])
            for part in TransferPart
        }


class GroupForm(forms.Form):
    """Who is in the risk group, and what its self-check found."""

    members: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members"), queryset=None, widget=forms.CheckboxSelectMultiple
    )
    self_check = forms.CharField(
        label=gettext_lazy("Result of the self-check"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = people  # type: ignore[attr-defined]
        self.fields["members"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]
