"""What people type when a ticket comes in, and its facts later on."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.staff.models import User
from customers.models.project import Project
from customers.pickers import CustomerField
from customers.property.forms import day_input
from customers.property.models import Unit
from service.tickets import choices
from service.tickets.drafts import TicketDraft
from service.tickets.errors import TicketError
from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import Axis, TicketKind, Urgency
from service.tickets.services.opening import phone_values

# A group complaint and a crisis are opened where their members are known.
OPENED_BY_HAND = [
    pair for pair in choices.KINDS if pair[0] not in {TicketKind.GROUP_COMPLAINT, TicketKind.CRISIS}
]
BY_CLASS = [("", gettext_lazy("As the class says")), *choices.URGENCIES]


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One class, shown with its kind and what it is below."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the words of an option."""
        above = f"{obj.parent.name} / " if obj.parent_id else ""
        return f"{obj.get_kind_display()}: {above}{obj.name}"


class KindlessCategoryField(CategoryField):
    """One class of a kind that is known already."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the words of an option."""
        return f"{obj.parent.name} / {obj.name}" if obj.parent_id else str(obj.name)


def classes_of(axis: Axis, kind: str = "") -> Any:
    """Return the classes that can be chosen, of one kind or of all."""
    rows = TicketCategory.objects.leaves().filter(axis=axis.value).select_related("parent")
    return rows.filter(kind=kind) if kind else rows


class TicketForm(forms.Form):
    """A ticket as it is received: only kind, project and subject have to be known."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=OPENED_BY_HAND)
    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=None
    )
    subject = forms.CharField(label=pgettext_lazy("ticket", "Subject"), max_length=120)
    body = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    customer = CustomerField(label=gettext_lazy("Customer"), required=False)
    contact_name = forms.CharField(label=gettext_lazy("Who reports"), max_length=80, required=False)
    contact_phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    unit_name = forms.CharField(
        label=gettext_lazy("Home"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("As it stands on the door, such as 3-2-1801."),
    )
    category = CategoryField(label=pgettext_lazy("ticket", "Class"), queryset=None, required=False)
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=BY_CLASS, required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=choices.CHANNELS)
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"), choices=choices.STAGES, initial="after_sale"
    )
    occurred_on = forms.DateField(
        label=gettext_lazy("Happened on"), required=False, widget=day_input()
    )
    is_mine = forms.BooleanField(
        label=gettext_lazy("I follow it to the end myself"), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        fields: Any = self.fields
        fields["project"].queryset = Project.objects.visible_to(user)
        fields["customer"].show_to(user)
        fields["category"].queryset = classes_of(Axis.OBJECT)

    def clean(self) -> dict[str, Any]:
        """Refuse a class of another kind, an unknown home, a number nobody can call."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        category = found.get("category")
        if category is not None and category.kind != found.get("kind"):
            self.add_error("category", _("This class belongs to another kind of ticket."))
        if found.get("urgency") == Urgency.COMPLEX and not found.get("is_mine"):
            self.add_error(
                "is_mine", _("A complex matter needs a named person who follows it to the end.")
            )
        found["unit"] = self._unit(found)
        return found

    def clean_contact_phone(self) -> str:
        """Return the number as typed, once it can be called."""
        text = str(self.cleaned_data.get("contact_phone", ""))
        as_phone_error(text)
        return text

    def _unit(self, found: dict[str, Any]) -> Unit | None:
        unit = unit_of(found.get("project"), found.get("unit_name", ""))
        if found.get("unit_name") and unit is None and found.get("project"):
            self.add_error(
                "unit_name",
                _("The project has no such home, or several. Write building and number."),
            )
        return unit

    def draft(self) -> TicketDraft:
        """Return the valid form as the service takes it."""
        found = self.cleaned_data
        same = ("kind", "project", "subject", "body", "customer", "contact_name", "contact_phone")
        more = ("unit", "category", "urgency", "channel", "stage", "occurred_on")
        handler = self.user if found["is_mine"] else None
        return TicketDraft(handler=handler, **{name: found[name] for name in (*same, *more)})


class FactsForm(forms.Form):
    """The facts of a ticket that may turn out to be others."""

    subject = forms.CharField(label=pgettext_lazy("ticket", "Subject"), max_length=120)
    body = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    customer = CustomerField(label=gettext_lazy("Customer"), required=False)
    contact_name = forms.CharField(label=gettext_lazy("Who reports"), max_length=80, required=False)
    unit_name = forms.CharField(label=gettext_lazy("Home"), max_length=60, required=False)
    new_phone = forms.CharField(
        label=gettext_lazy("New phone number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Left empty: the number stays as it is."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=choices.STAGES)
    occurred_on = forms.DateField(
        label=gettext_lazy("Happened on"), required=False, widget=day_input()
    )
    is_demanding = forms.BooleanField(
        label=gettext_lazy("Demanding opinion"),
        required=False,
        help_text=gettext_lazy("Collected to learn from; the service stays the same."),
    )

    def __init__(self, *args: Any, user: User, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        fields: Any = self.fields
        fields["customer"].show_to(user)

    def clean_new_phone(self) -> str:
        """Return the number as typed, once it can be called."""
        text = str(self.cleaned_data.get("new_phone", ""))
        as_phone_error(text)
        return text

    def clean(self) -> dict[str, Any]:
        """Refuse a home the project does not have."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        found["unit"] = unit_of(self.ticket.project, found.get("unit_name", ""))
        if found.get("unit_name") and found["unit"] is None:
            self.add_error(
                "unit_name",
                _("The project has no such home, or several. Write building and number."),
            )
        return found


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """Return what the form of a stored ticket shows."""
    names = ("subject", "body", "customer", "contact_name", "stage", "occurred_on", "is_demanding")
    values = {name: getattr(ticket, name) for name in names}
    return values | {"unit_name": str(ticket.unit) if ticket.unit_id else ""}


def unit_of(project: Project | None, text: str) -> Unit | None:
    """Return the one home of a project that ``text`` names (3-2-1801, 1801), ``None`` for none."""
    parts = [part for part in text.strip().replace(" ", "-").split("-") if part]
    if project is None or not parts:
        return None
    rows = Unit.objects.filter(project=project, number__iexact=parts[-1])
    if len(parts) > 1:
        rows = rows.filter(building__name__istartswith=parts[0])
    if len(parts) > 2:
        rows = rows.filter(entrance__iexact=parts[1])
    found = list(rows.select_related("building")[:2])
    return found[0] if len(found) == 1 else None


def as_phone_error(text: str) -> None:
    """Raise ValidationError where ``text`` is no number."""
    try:
        phone_values(text)
    except TicketError as refusal:
        raise forms.ValidationError(str(refusal)) from refusal
