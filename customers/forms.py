"""The shape of what people type about customers; the services decide what it means."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import choices
from customers.default_texts import OCCASIONS
from customers.filters import visible_owners, visible_projects
from customers.models import Customer
from customers.rules.axes import Channel, Mood, Result
from customers.services.interactions import InteractionEntry
from customers.vocabulary import options

WAN = Decimal(10_000)
DATETIME_LOCAL = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A date and time in the local time zone, typed with the browser's own control."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=DATETIME_LOCAL)


class WanField(forms.DecimalField):
    """An amount typed in ten thousands of yuan; cleaned to yuan."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=999_999, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """Return the amount in yuan, or ``None`` when nothing was typed."""
        amount = super().clean(value)
        return None if amount is None else Decimal(amount) * WAN

    def prepare_value(self, value: Any) -> Any:
        """Show yuan as ten thousands; what was typed stays as typed."""
        return f"{value / WAN:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) else value


class InteractionForm(forms.Form):
    """One talk: channel, result, what was said, what is next."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=choices.CHANNELS)
    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=choices.RESULTS)
    content = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    intent = forms.TypedChoiceField(
        label=gettext_lazy("Intent"),
        choices=[("", "--"), *choices.INTENTS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    mood = forms.ChoiceField(
        label=gettext_lazy("Mood"), choices=[("", "--"), *choices.MOODS], required=False
    )
    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=200, required=False)
    next_at = MomentField(label=gettext_lazy("Next contact"), required=False)

    @property
    def occasions(self) -> list[tuple[str, Any]]:
        """The occasions for which the company has a text."""
        return list(OCCASIONS.items())

    def clean(self) -> dict[str, Any]:
        """Refuse a next step without a time, a time without a step, and a time that has passed."""
        data = super().clean() or {}
        step, moment = data.get("next_step"), data.get("next_at")
        if step and not moment and "next_at" not in self.errors:
            self.add_error("next_at", _("Enter when the next step is due."))
        if moment and not step:
            data["next_step"] = _("Follow-up call")
        if moment and moment <= timezone.now():
            now = timezone.localtime()
            message = _("The next contact must be later than %(now)s.")
            self.add_error("next_at", message % {"now": f"{now:%m-%d %H:%M}"})
        return data

    def entry(self) -> InteractionEntry:
        """Return the valid form as the service takes it."""
        data = self.cleaned_data
        return InteractionEntry(
            channel=Channel(data["channel"]),
            result=Result(data["result"]),
            content=data["content"],
            intent=data["intent"],
            mood=Mood(data["mood"]) if data["mood"] else None,
            next_step=data["next_step"],
            next_at=data["next_at"],
        )


QUICK_RESULTS = (Result.REACHED, Result.NO_ANSWER, Result.VISIT_BOOKED, Result.REFUSED)


def quick_moments(now: datetime) -> list[tuple[str, str]]:
    """Return three likely moments of the next contact: tomorrow, Saturday, next Monday."""
    local = timezone.localtime(now)
    days = {
        _("Tomorrow 10:00"): (1, 10, 0),
        _("Saturday 09:30"): ((5 - local.weekday() - 1) % 7 + 1, 9, 30),
        _("Next Monday 10:00"): (7 - local.weekday(), 10, 0),
    }
    moments: dict[str, str] = {}
    for label, (ahead, hour, minute) in days.items():
        at = (local + timedelta(days=ahead)).replace(hour=hour, minute=minute)
        moments.setdefault(at.strftime(DATETIME_LOCAL), label)
    return list(moments.items())


class QuickInteractionForm(InteractionForm):
    """The short form of the day's list: result, one sentence, when next."""

    next_pick = forms.ChoiceField(required=False, label=gettext_lazy("Next contact"))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["content"].widget = forms.TextInput()
        results = dict(choices.RESULTS)
        self.results = [(result.value, results[result.value]) for result in QUICK_RESULTS]
        self.moments = quick_moments(now)
        self.fields["next_pick"].choices = [("", "--"), *self.moments]  # type: ignore[attr-defined]

    def clean_next_at(self) -> Any:
        """Take the typed moment, else the picked one."""
        picked = dict(self.moments).get(self.data.get("next_pick", ""))
        typed = self.cleaned_data.get("next_at")
        if typed or not picked:
            return typed
        moment = datetime.strptime(self.data["next_pick"], DATETIME_LOCAL)  # noqa: DTZ007
        return timezone.make_aware(moment)


class CustomerForm(forms.Form):
    """What is recorded of a customer at first contact."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=[])
    project: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=None, required=False, empty_label="--"
    )
    layout = forms.ChoiceField(label=gettext_lazy("Preferred layout"), required=False)
    intent = forms.TypedChoiceField(
        label=gettext_lazy("Intent"),
        choices=[("", "--"), *choices.INTENTS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    budget_min = WanField(label=gettext_lazy("Budget from (ten thousand)"), required=False)
    budget_max = WanField(label=gettext_lazy("Budget to (ten thousand)"), required=False)
    enquiry = forms.CharField(
        label=gettext_lazy("What the customer asks"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=[("", "--"), *choices.URGENCIES], required=False
    )
    complexity = forms.ChoiceField(
        label=gettext_lazy("Complexity"),
        choices=[("", "--"), *choices.COMPLEXITIES],
        required=False,
        help_text=gettext_lazy("Both rated: the level that answers is told, with its time limit."),
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = options("source")  # type: ignore[attr-defined]
        layouts = [("", "--"), *options("layout")]
        self.fields["layout"].choices = layouts  # type: ignore[attr-defined]
        projects = visible_projects(request)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        node = request.user.node
        if node is not None and node.project_id:
            self.fields["project"].initial = node.project_id

    def clean(self) -> dict[str, Any]:
        """Refuse a budget whose end lies below its start."""
        data = super().clean() or {}
        low, high = data.get("budget_min"), data.get("budget_max")
        if low and high and high < low:
            self.add_error("budget_max", _("The budget must end at or above its start."))
        return data


class CustomerEditForm(CustomerForm):
    """The properties of a customer that its consultant keeps up to date."""

    EDITABLE = (
        "name",
        "phone",
        "gender",
        "birthday",
        "city",
        "district",
        "occupation",
        "family",
        "layout",
        "motive",
        "intent",
        "project_role",
        "budget_min",
        "budget_max",
        "annual_income",
        "remark",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    gender = forms.ChoiceField(
        label=gettext_lazy("Gender"), choices=[("", "--"), *choices.GENDERS], required=False
    )
    birthday = forms.DateField(
        label=gettext_lazy("Birthday"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    city = forms.CharField(label=gettext_lazy("City"), max_length=40, required=False)
    district = forms.CharField(label=gettext_lazy("District"), max_length=60, required=False)
    occupation = forms.CharField(label=gettext_lazy("Occupation"), max_length=60, required=False)
    family = forms.CharField(label=gettext_lazy("Family structure"), max_length=60, required=False)
    motive = forms.CharField(label=gettext_lazy("Purchase motive"), max_length=60, required=False)
    project_role = forms.ChoiceField(
        label=gettext_lazy("Role in the purchase"),
        choices=[("", "--"), *choices.PROJECT_ROLES],
        required=False,
    )
    annual_income = WanField(label=gettext_lazy("Annual income (ten thousand)"), required=False)
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        may_see_phone: bool,
        may_see_income: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not may_see_income:
            del self.fields["annual_income"]
        for name in ("source", "project", "enquiry", "urgency", "complexity"):
            del self.fields[name]
        if not may_see_phone:
            del self.fields["phone"]
        else:
            self.fields["phone"].required = bool(customer.phone)
        self.order_fields(["version", *self.EDITABLE])

    @classmethod
    def initial_of(cls, customer: Customer) -> dict[str, Any]:
        """Return the values the form starts with."""
        values = {name: getattr(customer, name) for name in cls.EDITABLE}
        income = values["annual_income"]
        values["annual_income"] = Decimal(income) if income else None
        return values | {"version": customer.version}

    def changes(self) -> dict[str, Any]:
        """Return only the fields whose value differs from what the form started with."""
        names = [name for name in self.changed_data if name in self.EDITABLE]
        return {name: self.cleaned_data[name] for name in names}


class RevealForm(forms.Form):
    """Why a masked number must be seen."""

    reason = forms.CharField(label=gettext_lazy("Reason"), min_length=4, max_length=200)


class AssignForm(forms.Form):
    """Who becomes responsible for a customer, and why; beyond the cap it has to be confirmed."""

    owner: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        label=gettext_lazy("Consultant"), queryset=None
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)
    over_cap = forms.BooleanField(
        label=gettext_lazy("Go over the cap of open prospects"), required=False
    )

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = visible_owners(request)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]


class PostponeForm(forms.Form):
    """Until when a task is put off."""

    due_at = MomentField(label=gettext_lazy("New time"))

    def clean_due_at(self) -> Any:
        """Refuse a moment that has passed."""
        moment = self.cleaned_data["due_at"]
        if moment <= timezone.now():
            now = timezone.localtime()
            message = _("The new time must be later than %(now)s.")
            raise forms.ValidationError(message % {"now": f"{now:%m-%d %H:%M}"})
        return moment
