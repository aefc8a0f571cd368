"""What everybody may open: the form behind a code or an advert, and the partner's QR target."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from crm_site.common.addresses import client_ip
from crm_site.common.pages import UNPROCESSABLE
from crm_site.common.visits import spend_visit
from customers.errors import EntryError
from customers.models import Project
from customers.search import asked_phone
from marketing.channels.models import LeadCode
from marketing.channels.rules.kinds import Way
from marketing.channels.services.intake import UTM, Arrival, take_lead, utm_of, words_of

KEY = r"^[A-Za-z0-9_-]{8,80}$"


class LeadForm(forms.Form):
    """What somebody without an account asks; ``website`` is a trap for machines."""

    project = forms.ModelChoiceField(label=_("Project"), queryset=Project.objects.all())
    name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    enquiry = forms.CharField(
        label=_("What would you like to know?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.RegexField(regex=KEY, required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, code: LeadCode | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if code is not None:
            del self.fields["project"]
        for name in UTM:  # what the advert said goes with the form
            self.fields[name] = forms.CharField(
                max_length=80, required=False, widget=forms.HiddenInput
            )

    def clean_phone(self) -> str:
        """Return the number; refuse what cannot be called."""
        typed: str = self.cleaned_data["phone"]
        if asked_phone(typed) is None:
            raise forms.ValidationError(
                _("Phone: enter 11 digits, or the area code and the number.")
            )
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def enquire(request: HttpRequest, lead_code: str = "") -> HttpResponse:
    """Take a lead from the web or a QR code; the same form twice is one lead."""
    code = _code(lead_code)
    seen = utm_of(request.GET)
    initial = {"key": get_random_string(24), **seen}
    form = LeadForm(request.POST or None, initial=initial, code=code)
    context: dict[str, Any] = {"form": form, "code": code}
    if not form.is_bound:
        return _answer(request, context)
    if not form.is_valid():
        return _answer(request, context, status=UNPROCESSABLE)
    now = timezone.now()
    spend_visit(purpose="lead", who=client_ip(request) or "", now=now)
    if form.cleaned_data["website"]:
        return _answer(request, {"is_taken": True, "code": code})
    try:
        take_lead(_arrival(form.cleaned_data, code), actor=None, now=now)
    except EntryError as error:
        form.add_error(None, words_of(error))
        return _answer(request, context, status=UNPROCESSABLE)
    return _answer(request, {"is_taken": True, "code": code})


def _arrival(data: dict[str, Any], code: LeadCode | None) -> Arrival:
    return Arrival(
        way=Way.QR if code is not None else Way.WEB,
        source="web",
        key=data["key"] or get_random_string(24),
        name=data["name"],
        phone=data["phone"],
        enquiry=data["enquiry"],
        code=code,
        project=data.get("project"),
        utm=utm_of(data),
    )


def _code(text: str) -> LeadCode | None:
    """Return the code in use; 404 for any other."""
    if not text:
        return None
    rows = LeadCode.objects.select_related("channel", "partner__channel", "project")
    found: LeadCode | None = rows.filter(code=text, is_active=True).first()
    if found is None:
        raise Http404
    return found


def _answer(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, "marketing/channels/enquire.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
