"""What is typed about services and their bookings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.staff.models import User
from customers.pickers import CustomerField
from service.knowledge import choices
from service.knowledge.article_forms import people_who_may
from service.knowledge.rules.booking import OrderState
from service.knowledge.service_models import ServiceItem, ServiceOrder


def _note(*, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        label=gettext_lazy("Note"), max_length=500, required=required, widget=widget
    )


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """One service of the catalogue."""

    class Meta:
        model = ServiceItem
        fields = (
            *("code", "name", "line", "stage", "owner", "provider", "price", "price_unit"),
            *("description", "is_bookable", "is_active"),
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_who_may("service.view_services", user, self.instance.owner_id)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["price_unit"].help_text = _("For example: an hour, a visit, a year.")


class BookForm(forms.Form):
    """Which customer wants a service, when, and how."""

    customer = CustomerField(label=gettext_lazy("Customer"))
    wished_on = forms.DateField(
        label=gettext_lazy("Wished for"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = _note()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].show_to(user)  # type: ignore[attr-defined]


class ConfirmForm(forms.Form):
    """Who provides the service, and for how much."""

    provider = forms.CharField(label=gettext_lazy("Provider"), max_length=80)
    price = forms.DecimalField(
        label=gettext_lazy("Agreed price in yuan"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
    )
    note = _note()


class DeliverForm(forms.Form):
    """What was delivered."""

    result = forms.CharField(
        label=gettext_lazy("What was delivered"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = _note()


class RateForm(forms.Form):
    """How satisfied the customer is with the service."""

    score = forms.TypedChoiceField(
        label=gettext_lazy("Rating"), choices=choices.SCORES, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In the customer's words"), max_length=500, required=False
    )


class CancelForm(forms.Form):
    """Why a booking is called off."""

    note = _note(required=True)

    def clean_note(self) -> str:
        """Refuse blanks."""
        text = str(self.cleaned_data["note"]).strip()
        if not text:
            raise ValidationError(_("Say why it is called off."))
        return text


STEPS: dict[str, type[forms.Form]] = {
    OrderState.CONFIRMED.value: ConfirmForm,
    OrderState.DELIVERED.value: DeliverForm,
    OrderState.RATED.value: RateForm,
    OrderState.CANCELLED.value: CancelForm,
}


def step_form(step: str, order: ServiceOrder, data: Any) -> forms.Form:
    """Return the form of a step, filled with what the catalogue proposes."""
    if step == OrderState.CONFIRMED:
        initial = {"provider": order.provider, "price": order.price}
        return ConfirmForm(data, initial=initial)
    return STEPS[step](data)
