"""What everybody may open: how to reach us, and the form that becomes a ticket (SVC-20)."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from crm_site.common.addresses import client_ip
from crm_site.common.pages import UNPROCESSABLE
from crm_site.common.visits import spend_visit
from crm_site.policies.services import in_force
from customers.models import Project
from customers.search import asked_phone
from service.desk import choices
from service.desk.policies import DESK
from service.desk.services.events import mode_at
from service.desk.services.intake import Incoming, take_message

KEY = r"^[A-Za-z0-9_-]{8,80}$"


class ContactForm(forms.Form):
    """A message of somebody without an account; ``website`` is a trap for machines."""

    kind = forms.ChoiceField(label=pgettext_lazy("message", "About"), choices=choices.MATTERS)
    project = forms.ModelChoiceField(
        label=gettext_lazy("Project"), queryset=Project.objects.all(), required=False
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    subject = forms.CharField(label=gettext_lazy("In a few words"), max_length=120)
    body = forms.CharField(
        label=pgettext_lazy("ticket", "What happened"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    key = forms.RegexField(regex=KEY, required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_phone(self) -> str:
        """Return the number; refuse what cannot be called."""
        typed: str = self.cleaned_data["phone"]
        if asked_phone(typed) is None:
            raise forms.ValidationError(
                gettext_lazy("Phone: enter 11 digits, or the area code and the number.")
            )
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def contact(request: HttpRequest) -> HttpResponse:
    """Show every channel with its hours, and take a message; the same one twice is one ticket."""
    now = timezone.now()
    form = ContactForm(request.POST or None, initial={"key": _new_key()})
    rules = in_force(DESK, at=now).value
    context: dict[str, Any] = {"form": form, "mode": mode_at(now).value, "rules": rules}
    if not form.is_bound:
        return _answer(request, context)
    if not form.is_valid():
        return _answer(request, context, status=UNPROCESSABLE)
    spend_visit(purpose="contact", who=client_ip(request) or "", now=now)
    data = dict(form.cleaned_data)
    if data.pop("website"):
        return _answer(request, context | {"number": "--"})
    key = data.pop("key") or _new_key()
    message = take_message(Incoming(channel="web", key=key, **data), actor=None, now=now)
    return _answer(request, context | {"number": message.ticket.number})


def _answer(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, "service/desk/contact.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def _new_key() -> str:
    return get_random_string(24)
