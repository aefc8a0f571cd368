"""Bare pages behind a login: 50 rows, the same by a search, a record with 20 talks, one insert."""

import hashlib
import hmac
from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from benchmarks.floor import desk
from benchmarks.floor.models import Customer, Interaction, Purchase, Task, Unit

ROWS, TALKS = 50, 20
COLUMNS = (
    *("name", "phone", "customer_class", "source", "budget_min", "budget_max", "last_contact_at"),
    *("is_unreachable", "owner__name", "project__name", "grading__grade"),
)


class TalkForm(forms.ModelForm):
    class Meta:
        model = Interaction
        fields = ["channel", "result", "content", "mood", "next_step"]


def _table(request, customers):
    customers = customers.select_related("owner", "project", "grading").only(*COLUMNS)
    rows = list(customers.order_by("-id")[:ROWS])
    tasks = (
        Task.objects.filter(customer_id__in=[row.pk for row in rows], state="open")
        .order_by("customer_id", "due_at")
        .distinct("customer_id")
    )
    next_steps = {task.customer_id: task for task in tasks}
    for row in rows:
        row.next = next_steps.get(row.pk)
    return render(request, "table.html", {"rows": rows})


@login_required
def everybody(request):
    return _table(request, Customer.objects.all())


@login_required
def mine(request):
    return _table(request, Customer.objects.filter(owner=request.user))


@login_required
def search(request):
    name = request.GET["q"]
    grams = [name[i : i + 2] for i in range(len(name) - 1)]
    query = " & ".join(f"'{gram}'" for gram in grams)
    return _found(request, "tokens @@ %s::tsquery", query)


@login_required
def search_initials(request):
    return _found(request, "tokens @@ %s::tsquery", f"' {request.GET['q']}':*")


@login_required
def search_phone(request):
    text = f"phone\0+86{request.GET['q']}".encode()
    digest = hmac.digest(bytes.fromhex(settings.INDEX_KEY), text, hashlib.sha256)[:16]
    return _found(request, "phone_index = %s", digest)


def _found(request, condition, value):
    found = Customer.objects.extra(where=[condition], params=[value])  # noqa: S610 -- constants
    if "mine" in request.GET:
        found = found.filter(owner=request.user)
    return _table(request, found)


@login_required
def record(request, pk):
    customer = Customer.objects.select_related("owner", "project", "grading").get(pk=pk)
    names = [field.name for field in Customer._meta.fields if not field.is_relation]
    fields = [(name, getattr(customer, name)) for name in names]
    talks = Interaction.objects.filter(customer=pk).select_related("author").order_by("-at")[:TALKS]
    return render(request, "record.html", {"customer": customer, "fields": fields, "talks": talks})


@login_required
def talk(request, pk):
    form = TalkForm(request.POST)
    if not form.is_valid():
        return HttpResponse(str(form.errors), status=422)
    made = form.save(commit=False)
    made.customer_id, made.author, made.at = pk, request.user, timezone.now()
    made.save()
    return HttpResponseRedirect(f"/customers/{pk}/")


@login_required
def hold(request, pk):
    """The bare transaction: lock the unit, write the purchase; 409 where one stands already."""
    now = timezone.now()
    with transaction.atomic():
        unit = Unit.objects.select_for_update().get(pk=pk)
        if Purchase.objects.filter(unit_id=pk, state="held").exists():
            return HttpResponse("taken", status=409)
        Purchase.objects.create(
            project_id=unit.project_id,
            unit_id=pk,
            customer_id=request.POST["customer"],
            consultant_id=request.user.pk,
            state="held",
            expires_at=now + timedelta(hours=24),
            **dict.fromkeys(("state_since", "begun_at", "created_at", "updated_at"), now),
        )
    return HttpResponseRedirect(f"/units/{pk}/")


urlpatterns = [
    path("customers/", everybody),
    path("mine/", mine),
    path("search/", search),
    path("search/initials/", search_initials),
    path("search/phone/", search_phone),
    path("customers/<int:pk>/", record),
    path("customers/<int:pk>/talk/", talk),
    path("units/<int:pk>/hold/", hold),
    path("tickets/add/", desk.ticket_add),
    path("tickets/add/plain/", desk.ticket_plain),
    path("tickets/board/", desk.board),
    path("s/<str:token>/", desk.survey_answer),
]
