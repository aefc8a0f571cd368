"""Bare pages of the service desk: one ticket inserted, the board, one survey answered by a link."""

import hashlib
import uuid
from datetime import timedelta
from itertools import chain

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from benchmarks.floor.desk_models import Answer, Invitation, Response, Ticket, TicketClass
from benchmarks.floor.models import Customer, Project

CARDS = 20  # of a column
STATES = (
    *("received", "classified", "assigned", "investigating", "plan_agreed", "executing"),
    *("replied", "callback", "waiting", "reopened"),
)
COLUMNS = (
    *("number", "subject", "kind", "urgency", "state", "step_due_at"),
    *("project__name", "handler__name", "first_responder__name"),
)
SCALES = {"q1": "words-5", "q2": "five", "q3": "five", "q4": "nps"}


class PlainForm(forms.Form):
    kind = forms.CharField(max_length=16)
    channel = forms.CharField(max_length=8)
    stage = forms.CharField(max_length=10)
    subject = forms.CharField(max_length=120)
    body = forms.CharField(max_length=4000, required=False)
    contact_name = forms.CharField(max_length=80, required=False)


class TicketForm(PlainForm):
    project = forms.ModelChoiceField(Project.objects.all())
    customer = forms.ModelChoiceField(Customer.objects.only("name"))
    category = forms.ModelChoiceField(TicketClass.objects.all())


@login_required
def ticket_add(request):
    """Insert one row from a form that looks up project, customer and class."""
    return _ticket(request, TicketForm(request.POST), {})


@login_required
def ticket_plain(request):
    """Insert one row from a form that believes the keys it is sent."""
    keys = {f"{key}_id": request.POST[key] for key in ("project", "customer", "category")}
    return _ticket(request, PlainForm(request.POST), keys)


def _ticket(request, form, keys):
    if not form.is_valid():
        return HttpResponse(str(form.errors), status=422)
    now = timezone.now()
    made = Ticket.objects.create(
        number=uuid.uuid4().hex[:20],
        first_responder=request.user,
        opened_at=now,
        step_due_at=now + timedelta(hours=1),
        **form.cleaned_data,
        **keys,
    )
    return HttpResponseRedirect(f"/tickets/{made.pk}/")


@login_required
def board(request):
    rows = Ticket.objects.filter(state__in=STATES)
    counts = dict(rows.values_list("state").annotate(n=Count("pk")))
    shown = rows.select_related("project", "handler", "first_responder").only(*COLUMNS)
    cards = chain.from_iterable(
        shown.filter(state=state).order_by("rank", "opened_at", "id")[:CARDS] for state in STATES
    )
    columns = {state: (counts.get(state, 0), []) for state in STATES}
    for card in cards:
        columns[card.state][1].append(card)
    return render(request, "board.html", {"columns": columns})


def survey_answer(request, token):
    """The bare transaction: use the link up, write the response and its answers."""
    now, kept = timezone.now(), hashlib.sha256(token.encode()).hexdigest()
    invitation = get_object_or_404(Invitation.objects.select_related("survey"), token_hash=kept)
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=now):
            return HttpResponse("used", status=410)
        survey = invitation.survey
        response = Response.objects.create(
            survey=survey,
            version_id=survey.version_id,
            invitation=invitation,
            customer_id=invitation.customer_id,
            project_id=invitation.project_id,
            trigger=survey.trigger,
            stage=survey.stage,
            at=now,
            month_on=now.date().replace(day=1),
        )
        Answer.objects.bulk_create(
            Answer(response=response, question=key, scale=scale, value=request.POST[f"q-{key}"])
            for key, scale in SCALES.items()
        )
    return HttpResponseRedirect(f"/s/{token}/")
