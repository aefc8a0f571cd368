"""A form field that holds one customer: searched as one types, a plain field without scripts."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.search import is_phone_question

LONGEST_KEY = 18  # digits of a bigint


class CustomerPicker(forms.TextInput):
    """A text box that a script turns into a list of customers to choose from."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        found = {"autocomplete": "off", "data-picker": reverse_lazy("customers:customer-options")}
        super().__init__(found | (attrs or {}))
        self.among: Any = None

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the box is drawn with: also the name of the one chosen, if one may see it."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-picked"] = self._name_of(context["widget"]["value"])
        return context

    def _name_of(self, value: Any) -> str:
        key = str(value or "")
        if self.among is None or not is_key(key):
            return ""
        return str(self.among.filter(pk=int(key)).values_list("name", flat=True).first() or "")


class CustomerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One customer, by the number of the record or by a name that only one has.

    Nobody is offered before ``show_to`` says who asks.
    """

    widget = CustomerPicker
    default_error_messages = {
        "invalid_choice": gettext_lazy("No such customer in your area. Choose one of the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Customer.objects.none(), **kwargs)

    def show_to(self, user: Any) -> None:
        """Offer the customers that ``user`` may see."""
        visible = Customer.objects.visible_to(user)
        self.queryset = visible
        self.widget.among = visible

    def to_python(self, value: Any) -> Any:
        """Return the customer; a name that several have, and a phone number, are refused."""
        text = str(value or "").strip()
        if not text or is_key(text):
            return super().to_python(text)
        if is_phone_question(text):
            raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        visible: Any = self.queryset
        named = list(visible.search(text[:80])[:2])
        if len(named) == 1:
            return named[0]
        if named:
            raise forms.ValidationError(
                _("Several customers match “%(text)s”. Choose one of the list.") % {"text": text},
                "several",
            )
        raise forms.ValidationError(self.error_messages["invalid_choice"], "invalid_choice")


def is_key(text: str) -> bool:
    """Return whether ``text`` can be the number of a record."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY
