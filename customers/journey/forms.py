"""What people type about files, specialists and viewings."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import User
from customers.journey import choices
from customers.journey.file import FileLine
from customers.journey.slots import Slot
from customers.journey.telling import Confirmation
from customers.models import Project
from customers.pickers import CustomerField
from customers.property.forms import day_input
from customers.property.people import specialists_near


class ItemsForm(forms.Form):
    """Some items of a file."""

    keys = forms.MultipleChoiceField(label=_("Items"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, lines: Sequence[FileLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["keys"]
        field.choices = [(line.key, line.name) for line in lines]


class TellForm(ItemsForm):
    """What the buyer was told, and when."""

    on = forms.DateField(label=_("Told on"), initial=timezone.localdate, widget=day_input())
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class ConfirmForm(ItemsForm):
    """What the buyer confirmed, when and how."""

    on = forms.DateField(label=_("Confirmed on"), initial=timezone.localdate, widget=day_input())
    how = forms.ChoiceField(label=_("Confirmed by"), choices=choices.CONFIRMED)
    proof = forms.CharField(
        label=_("Proof"),
        max_length=120,
        required=False,
        help_text=_("Number of the sheet, of the recording, or of the message"),
    )

    def confirmation(self) -> Confirmation:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        return Confirmation(how=found["how"], on=found["on"], proof=found["proof"])


class SpecialistForm(forms.Form):
    """Who looks after the buyer."""

    person: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Customer specialist"), queryset=None
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = specialists_near(project)  # type: ignore[attr-defined]


class SlotForm(forms.Form):
    """A slot that has a place left."""

    slot = forms.ChoiceField(label=_("Slot"))

    def __init__(self, *args: Any, slots: Sequence[Slot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.choices = _by_day(slots)

    def clean_slot(self) -> dt.datetime:
        """Return the moment the slot begins."""
        return dt.datetime.fromisoformat(self.cleaned_data["slot"])


class ViewingForm(SlotForm):
    """Who comes to which slot."""

    customer = CustomerField(label=_("Customer"))
    field_order = ["customer", "slot"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


def _by_day(slots: Sequence[Slot]) -> list[tuple[str, list[tuple[str, str]]]]:
    days: dict[str, list[tuple[str, str]]] = {}
    for slot in slots:
        local = timezone.localtime(slot.starts_at)
        words = _("%(time)s, %(free)s of %(all)s free") % {
            "time": date_format(local, "TIME_FORMAT"),
            "free": slot.free,
            "all": slot.capacity,
        }
        day = date_format(local, "SHORT_DATE_FORMAT")
        days.setdefault(day, []).append((slot.starts_at.isoformat(), str(words)))
    return list(days.items())


class TourForm(forms.Form):
    """For whom the link of a tour is made."""

    customer = CustomerField(label=_("Customer"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


class NoticeForm(forms.Form):
    """What the sales site of a project is told."""

    project: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=_("Sales site"), queryset=None
    )
    title = forms.CharField(label=_("Subject"), max_length=80)
    body = forms.CharField(
        label=_("Notice"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
