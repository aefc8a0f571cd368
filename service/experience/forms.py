"""What people type about experience: remarks, touchpoints, stories, the working group."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.common.idempotency import FIELD
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from crm_site.staff.selectors import colleagues_of
from customers.models import Project
from customers.pickers import CustomerField
from customers.property.forms import day_input
from customers.rules.phones import PhoneError, normalise_phone
from service.experience import choices
from service.experience.models import GroupItem, GroupMeeting, GroupMember, Story, Touchpoint
from service.experience.remarks import Heard, projects_of
from service.experience.rules import ItemState
from service.repairs.forms import long_text


def named(person: User) -> str:
    """Return a colleague with the role, as lists of people show them."""
    role = ROLES.get(person.role)
    return f"{person.name} · {_(role.label)}" if role else person.name


class RemarkForm(forms.Form):
    """What a customer said."""

    text = forms.CharField(
        label=gettext_lazy("What the customer said"), max_length=2000, widget=long_text(4)
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("It is"),
        choices=choices.REMARKS,
        widget=forms.RadioSelect,
        initial="suggestion",
    )
    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    contact_name = forms.CharField(
        label=gettext_lazy("Name of the customer"), max_length=80, required=False
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["project"]
        field.queryset = projects_of(user)
        first = list(field.queryset[:2])
        if len(first) == 1:
            field.initial = first[0].pk

    def clean_contact_phone(self) -> str:
        """Return the number; say what is wrong with it."""
        text = str(self.cleaned_data["contact_phone"]).strip()
        if text:
            try:
                normalise_phone(text)
            except PhoneError as error:
                raise ValidationError(str(error)) from error
        return text

    def heard(self) -> Heard:
        """Return the valid form as the service takes it."""
        return Heard(key=str(self.data.get(FIELD, ""))[:60], **self.cleaned_data)


class TouchpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """A touchpoint with its place on the map."""

    class Meta:
        model = Touchpoint
        fields = [
            *("name", "department", "node", "phase", "owner", "measure", "standard"),
            *("pain", "action", "is_active"),
        ]
        widgets = {"standard": long_text(), "pain": long_text(), "action": long_text()}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["owner"]
        people.queryset = colleagues_of(user, also=self.instance.owner_id)
        people.label_from_instance = named


class StoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A story; the customer is named only with a consent."""

    customer = CustomerField(
        label=gettext_lazy("Customer named in it"),
        required=False,
        help_text=gettext_lazy("Left empty where nobody is named."),
    )

    class Meta:
        model = Story
        fields = ["title", "text", "project", "customer"]
        widgets = {"text": long_text(8)}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects: Any = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


class UseForm(forms.Form):
    """In which training a story was used."""

    used_on = forms.DateField(label=gettext_lazy("Used on"), widget=day_input())
    used_for = forms.CharField(label=gettext_lazy("In which training"), max_length=120)


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    """A member of the working group."""

    class Meta:
        model = GroupMember
        fields = ["person", "duty", "since", "until"]
        widgets = {"since": day_input(), "until": day_input()}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["person"]
        people.queryset = colleagues_of(user, also=self.instance.person_id)
        people.label_from_instance = named

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("The end is before the start."))
        return data


class MeetingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A meeting of the working group."""

    class Meta:
        model = GroupMeeting
        fields = ["held_on", "topic", "present", "minutes"]
        widgets = {
            "held_on": day_input(),
            "minutes": long_text(4),
            "present": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = GroupMember.objects.filter(until=None).values("person")
        people: Any = self.fields["present"]
        people.queryset = User.objects.filter(is_active=True, pk__in=members).order_by("name", "pk")
        people.label_from_instance = named


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a meeting wrote down, and what came of it."""

    class Meta:
        model = GroupItem
        fields = ["kind", "title", "owner", "due_on", "state", "result"]
        widgets = {"due_on": day_input()}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["owner"]
        people.queryset = colleagues_of(user, also=self.instance.owner_id)
        people.label_from_instance = named

    def clean(self) -> dict[str, Any]:
        """Ask for the result of what is decided."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("state", ItemState.OPEN) != ItemState.OPEN and not data.get("result"):
            self.add_error("result", _("Write down what came of it."))
        return data
