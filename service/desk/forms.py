"""What agents type at the desk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.staff.models import User
from customers.forms import MomentField
from customers.models import Project
from customers.property.models import Unit
from service.desk import choices
from service.desk.categories import Option, read
from service.tickets.choices import SEVERITIES


class MatterForm(forms.Form):
    """A matter of a caller: class, what happened, unit, severity (SVC-19, B-22)."""

    category = forms.CharField(
        label=pgettext_lazy("ticket", "Class"),
        max_length=80,
        help_text=gettext_lazy("Type its name or the first letters of its pinyin."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-desk-category": ""}),
    )
    summary = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "data-desk-summary": ""}),
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        choices=SEVERITIES,
        widget=forms.RadioSelect,
        required=False,
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"), queryset=Unit.objects.none(), required=False
    )
    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    join = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, options: list[Option], homes: list[Any], user: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.options = options
        units = [home.purchase.unit_id for home in homes]
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=units).select_related("building")  # type: ignore[attr-defined]
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean_category(self) -> Option:
        """Return the class that was typed."""
        found = read(self.cleaned_data["category"], self.options)
        if found is None:
            raise ValidationError(_("Choose a class of the list."))
        return found


class CallerForm(forms.Form):
    """Who calls from a number nobody has yet; the number is that of the call."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]


class WrapUpForm(forms.Form):
    """How a call ended, what was said, and when somebody calls back (SVC-19)."""

    disposition = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=choices.DISPOSITIONS)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    call_back_at = MomentField(label=gettext_lazy("Call back at"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a callback without a later time."""
        data = super().clean() or {}
        at = data.get("call_back_at")
        if data.get("disposition") == "follow_up" and (at is None or at <= timezone.now()):
            raise ValidationError({"call_back_at": _("Choose a time later than now.")})
        return data


class SeatForm(forms.Form):
    """The place of an agent: extension and skills."""

    user = forms.ModelChoiceField(label=gettext_lazy("Agent"), queryset=User.objects.none())
    extension = forms.CharField(label=gettext_lazy("Extension"), max_length=20)
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("Skills"),
        choices=choices.SKILLS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, agents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = agents  # type: ignore[attr-defined]


class VisitForm(forms.Form):
    """A matter brought in person or in a chat; it stands in the queue like any other (SVC-11)."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=[pair for pair in choices.CHANNELS if pair[0] in ("visit", "wechat", "letter")],
    )
    kind = forms.ChoiceField(label=pgettext_lazy("message", "About"), choices=choices.MATTERS)
    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    subject = forms.CharField(label=gettext_lazy("In a few words"), max_length=120)
    body = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
