"""Programmes with their phases, workshops and evaluations."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analytics.improvement import selectors
from analytics.improvement.forms import (
    EvaluationForm,
    FindingForm,
    NoteForm,
    ProgrammeForm,
    WorkshopForm,
)
from analytics.improvement.programme_models import Programme, Workshop
from analytics.improvement.querysets import KEEP, VIEW
from analytics.improvement.rules.programme import Phase
from analytics.improvement.services.programmes import (
    ProgrammeDraft,
    WorkshopDraft,
    add_finding,
    evaluate,
    gate_words,
    hold_workshop,
    pass_gate,
    write_programme,
)
from analytics.pages import change_form, found_in, short_form, working
from analytics.reviews.rules.periods import Span
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user

PROGRAMMES = Listing(
    template="analytics/improvement/programmes.html",
    sorts={"latest": ("-id",), "title": ("title", "id")},
    default_sort="latest",
)


def get_programme(request: HtmxHttpRequest, key: int) -> Programme:
    """Return the programme; 404 where it is missing or of another region."""
    found: Programme = found_in(Programme.objects, request, key, "owner", "region")
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def programmes(request: HtmxHttpRequest) -> HttpResponse:
    """Show the programmes."""
    user = current_user(request)
    rows = Programme.objects.visible_to(user).select_related("owner", "region")
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=PROGRAMMES, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def programme_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a programme."""
    user = current_user(request)
    return short_form(
        request,
        form=ProgrammeForm(request.POST or None, user=user),
        title=_("New programme"),
        back=reverse("analytics:programmes"),
        run=lambda data: write_programme(
            programme=None, draft=ProgrammeDraft(**data), **working(request)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def programme_edit(request: HtmxHttpRequest, programme_id: int) -> HttpResponse:
    """Change a programme that runs."""
    row, user = get_programme(request, programme_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return ProgrammeForm(data, user=user, programme=get_programme(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: write_programme(
            programme=row, draft=ProgrammeDraft(**data), **working(request)
        ),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def programme(request: HtmxHttpRequest, programme_id: int) -> HttpResponse:
    """Show a programme: phase and gate, both tracks, means, workshops, evaluations."""
    row, user = get_programme(request, programme_id), current_user(request)
    runs = row.phase != Phase.CLOSED
    evaluations = list(row.evaluations.select_related("by").order_by("-pk"))
    context = {
        "programme": row,
        "gates": row.gates.select_related("by").order_by("pk"),
        "lacks": gate_words(row) if runs else [],
        "tracks": selectors.tracks_of(row),
        "means": selectors.means_of(row),
        "workshops": row.workshops.order_by("-held_on", "-pk"),
        "evaluations": [(one, selectors.evaluation_facts(one)) for one in evaluations],
        "may_keep": user.has_perm(KEEP) and runs,
        "phases": list(Phase),
        "today": timezone.localdate(),
    }
    return render(request, "analytics/improvement/programme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def programme_gate(request: HtmxHttpRequest, programme_id: int) -> HttpResponse:
    """Lead a programme through its gate, with what was decided."""
    row = get_programme(request, programme_id)
    return short_form(
        request,
        form=NoteForm(request.POST or None),
        title=_("Gate after: %(phase)s") % {"phase": row.get_phase_display()},
        back=row.get_absolute_url(),
        submit=_("Pass the gate"),
        done=_("The gate is passed."),
        run=lambda data: pass_gate(programme=row, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def programme_evaluate(request: HtmxHttpRequest, programme_id: int) -> HttpResponse:
    """Evaluate a programme in three dimensions."""
    row = get_programme(request, programme_id)

    def run(data: dict[str, Any]) -> None:
        span = Span(data["starts_on"], data["ends_on"])
        evaluate(programme=row, span=span, note=data["note"], **working(request))

    return short_form(
        request,
        form=EvaluationForm(request.POST or None),
        title=_("Evaluate the programme"),
        back=row.get_absolute_url(),
        run=run,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def workshop_add(request: HtmxHttpRequest, programme_id: int) -> HttpResponse:
    """Note a workshop of a programme."""
    row = get_programme(request, programme_id)
    return short_form(
        request,
        form=WorkshopForm(request.POST or None),
        title=_("Note a workshop"),
        back=row.get_absolute_url(),
        run=lambda data: hold_workshop(
            programme=row, draft=WorkshopDraft(**data), **working(request)
        ),
    )


def get_workshop(request: HtmxHttpRequest, key: int) -> Workshop:
    """Return the workshop of a programme one sees; 404 else."""
    seen = Programme.objects.visible_to(current_user(request)).order_by().values("pk")
    rows = Workshop.objects.filter(programme__in=seen).select_related("programme")
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def workshop(request: HtmxHttpRequest, workshop_id: int) -> HttpResponse:
    """Show a workshop with its findings; a post adds one."""
    row, user = get_workshop(request, workshop_id), current_user(request)
    form = FindingForm(request.POST or None, user=user)

    def save(valid: FindingForm) -> str:
        add_finding(workshop=row, actor=user, now=timezone.now(), **valid.cleaned_data)
        return row.get_absolute_url()

    context = {
        "workshop": row,
        "findings": row.findings.select_related("owner", "item").order_by("pk"),
        "may_keep": user.has_perm(KEEP) and row.programme.phase != Phase.CLOSED,
    }
    template = "analytics/improvement/workshop.html"
    return form_page(request, form=form, template=template, save=save, context=context)
