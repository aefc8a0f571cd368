"""The self-service line on the web: a phone, a proof, a question (SVC-26)."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from crm_site.common.addresses import client_ip
from crm_site.common.pages import UNPROCESSABLE
from crm_site.common.visits import spend_visit
from service.desk import choices
from service.desk.services.asking import ask_line

ASKED = 30  # of one address in ten minutes


class AskForm(forms.Form):
    """Who asks what."""

    topic = forms.ChoiceField(label=pgettext_lazy("message", "About"), choices=choices.TOPICS)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    proof = forms.CharField(
        label=gettext_lazy("Last six characters of your ID number"),
        min_length=6,
        max_length=6,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def self_service(request: HttpRequest) -> HttpResponse:
    """Answer what a customer asks about their own purchase, after the identity check."""
    now = timezone.now()
    form = AskForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if form.is_bound:
        if form.is_valid():
            spend_visit(purpose="ask", who=client_ip(request) or "", now=now, most=ASKED)
            context["told"] = ask_line(**form.cleaned_data, channel="web", now=now)
        else:
            status = UNPROCESSABLE
    response = render(request, "service/desk/self_service.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
