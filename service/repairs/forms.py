"""What people type about repairs, contractors and charge-backs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.staff.models import User
from customers.forms import MomentField
from customers.models import Project, Unit
from customers.pickers import CustomerField
from customers.property.forms import day_input
from customers.rules.phones import PhoneError, normalise_phone, show_phone
from customers.rules.text import clean_text
from service.repairs import choices
from service.repairs.models import BuiltBy, Contractor, RepairOrder
from service.repairs.services.orders import Sending, Visit
from service.tickets.drafts import TicketDraft
from service.tickets.rules import TicketKind

EMPTY = ("", "---------")
PHOTO_TYPES = "image/jpeg,image/png,image/webp"
PHOTOS = ("photo_1", "photo_2", "photo_3")
MONEY: dict[str, Any] = {"min_value": 0.01, "max_digits": 12, "decimal_places": 2}


def long_text(rows: int = 3) -> forms.Textarea:
    """Return a box for several lines."""
    return forms.Textarea(attrs={"rows": rows})


def photo_field(number: int) -> forms.FileField:
    """Return a field for one photo."""
    return forms.FileField(
        label=gettext_lazy("Photo %(number)s") % {"number": number},
        required=False,
        widget=forms.FileInput(attrs={"accept": PHOTO_TYPES, "capture": "environment"}),
    )


class PhotosForm(forms.Form):
    """Three photos, each optional."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(PHOTOS, start=1):
            self.fields[name] = photo_field(number)

    def photos(self) -> tuple[bytes, ...]:
        """Return the photos that were chosen."""
        files = [self.cleaned_data.get(name) for name in PHOTOS]
        return tuple(file.read() for file in files if file)


class ClassForm(forms.Form):
    """Part and trade of a repair."""

    part = forms.ChoiceField(
        label=pgettext_lazy("repair", "Part"),
        choices=[EMPTY, *choices.PARTS],
        help_text=gettext_lazy("Decides how long the warranty is."),
    )
    trade = forms.ChoiceField(
        label=gettext_lazy("Trade"),
        choices=[EMPTY, *choices.TRADES],
        help_text=gettext_lazy("Decides who can repair it."),
    )


class RepairForm(ClassForm):
    """A repair as it is reported."""

    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=60,
        help_text=gettext_lazy("Number of the unit, with building and entrance before it."),
    )
    customer = CustomerField(label=gettext_lazy("Customer"), required=False)
    contact_name = forms.CharField(
        label=gettext_lazy("Who lets us in"), max_length=80, required=False
    )
    contact_phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    occurred_on = forms.DateField(
        label=gettext_lazy("First seen on"), required=False, widget=day_input()
    )
    subject = forms.CharField(label=gettext_lazy("What is broken"), max_length=120)
    body = forms.CharField(
        label=gettext_lazy("More about it"), max_length=4000, required=False, widget=long_text()
    )

    field_order = ["project", "unit", "part", "trade", "subject", "body"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]

    def clean_contact_phone(self) -> str:
        """Return the number; say what is wrong with it."""
        text = str(self.cleaned_data["contact_phone"]).strip()
        if text:
            try:
                normalise_phone(text)
            except PhoneError as error:
                raise ValidationError(str(error)) from error
        return text

    def clean(self) -> dict[str, Any]:
        """Find the one unit that is meant."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("project") and data.get("unit"):
            unit = unit_called(data["project"], data["unit"])
            if unit is None:
                self.add_error("unit", _("No unit, or several, are called so. Write it in full."))
            data["unit"] = unit
        return data

    def draft(self) -> TicketDraft:
        """Return the ticket as the service takes it."""
        data = self.cleaned_data
        names = ("project", "unit", "customer", "contact_name", "contact_phone", "occurred_on")
        more = {name: data[name] for name in (*names, "subject", "body")}
        return TicketDraft(kind=TicketKind.REPAIR.value, **more)


def unit_called(project: Project, text: str) -> Unit | None:
    """Return the unit of ``project`` written as ``text``, None for none or several."""
    plain = clean_text(text).replace(" ", "-")
    number = plain.rsplit("-", 1)[-1]
    rows = list(
        Unit.objects.filter(project=project, number__iexact=number).select_related("building")[:50]
    )
    exact = [unit for unit in rows if str(unit).casefold() == plain.casefold()]
    found = exact or (rows if plain == number else [])
    return found[0] if len(found) == 1 else None


class DispatchForm(forms.Form):
    """Who is sent, and when the owner expects them."""

    contractor = forms.ModelChoiceField(
        label=gettext_lazy("Contractor"), queryset=Contractor.objects.none()
    )
    start = MomentField(label=gettext_lazy("Visit from"))
    until = MomentField(label=gettext_lazy("Visit until"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, order: RepairOrder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Contractor.objects.filter(is_active=True, trades__contains=[order.trade])
        field: Any = self.fields["contractor"]
        field.queryset = rows
        built = BuiltBy.objects.filter(project=order.ticket.project_id, trade=order.trade)
        field.initial = built.values_list("contractor", flat=True).first()

    def sending(self) -> Sending:
        """Return the valid form as the service takes it."""
        return Sending(**self.cleaned_data)


class VisitForm(PhotosForm):
    """What the visit found."""

    finding = forms.CharField(
        label=gettext_lazy("What was found"), max_length=500, widget=long_text()
    )
    plan = forms.CharField(
        label=gettext_lazy("What will be done"), max_length=500, widget=long_text()
    )
    finish_on = forms.DateField(label=gettext_lazy("Done by"), widget=day_input())

    def visit(self) -> Visit:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return Visit(
            finding=data["finding"],
            plan=data["plan"],
            finish_on=data["finish_on"],
            photos=self.photos(),
        )


class WorkForm(PhotosForm):
    """What was done."""

    work = forms.CharField(label=gettext_lazy("What was done"), max_length=500, widget=long_text())


class RemarkForm(forms.Form):
    """What the owner said."""

    remark = forms.CharField(
        label=gettext_lazy("What the owner says"), max_length=500, widget=long_text()
    )


class AcceptForm(forms.Form):
    """The owner's acceptance, with or without words."""

    remark = forms.CharField(
        label=gettext_lazy("What the owner says"),
        max_length=500,
        required=False,
        widget=long_text(),
    )


class ChargeForm(forms.Form):
    """What is claimed, and from whom: who built it or was sent."""

    contractor = forms.ModelChoiceField(
        label=gettext_lazy("Contractor"), queryset=Contractor.objects.none(), empty_label=None
    )
    amount = forms.DecimalField(label=gettext_lazy("Amount (yuan)"), **MONEY)
    reason = forms.CharField(label=gettext_lazy("What it is for"), max_length=300)

    def __init__(self, *args: Any, payers: list[Contractor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contractor"]
        field.queryset = Contractor.objects.filter(pk__in=[one.pk for one in payers])
        field.initial = payers[0] if payers else None


class ChargeMoveForm(forms.Form):
    """How a charge-back goes on."""

    to = forms.ChoiceField(label=gettext_lazy("New state"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount agreed (yuan)"),
        required=False,
        help_text=gettext_lazy("Left empty: the whole amount claimed."),
        **MONEY,
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, states: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(choices.CHARGES)
        self.fields["to"].choices = [(state, words[state]) for state in states]  # type: ignore[attr-defined]


class ContractorForm(forms.ModelForm):  # type: ignore[type-arg]
    """A contractor with the trades it takes on."""

    trades = forms.MultipleChoiceField(
        label=gettext_lazy("Trades"),
        choices=choices.TRADES,
        widget=forms.CheckboxSelectMultiple,
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    class Meta:
        model = Contractor
        fields = ["name", "trades", "contact", "is_active", "note"]

    field_order = ["name", "trades", "contact", "phone", "is_active", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = self.instance.phone
        self.fields["phone"].initial = show_phone(number) if number else ""

    def save(self, commit: bool = True) -> Contractor:  # noqa: FBT001, FBT002 -- Django's own
        """Put the number into the contractor as well."""
        self.instance.phone = self.cleaned_data["phone"]
        saved: Contractor = super().save(commit)
        return saved

    def clean_phone(self) -> str | None:
        """Return the number in its one spelling, None for none."""
        text = str(self.cleaned_data["phone"] or "").strip()
        if not text:
            return None
        try:
            return normalise_phone(text).e164
        except PhoneError as error:
            raise ValidationError(str(error)) from error


class BuiltByForm(forms.Form):
    """Who built each trade of a project."""

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(BuiltBy.objects.filter(project=project).values_list("trade", "contractor"))
        for trade, label in choices.TRADES:
            self.fields[trade] = forms.ModelChoiceField(
                label=label,
                required=False,
                queryset=Contractor.objects.filter(trades__contains=[trade]),
                initial=known.get(trade),
            )
