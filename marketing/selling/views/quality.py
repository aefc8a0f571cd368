"""Honest selling, competence, sales offices, and what a consultant sees of it (MKT-63…65)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.questionnaires.services import ensure_default
from crm_site.registers.models import RegisterEntry
from crm_site.staff.current import current_user
from customers.models import Customer, Task
from customers.rules.axes import TaskState
from marketing.selling.check_forms import MysteryForm, OfficeForm, WhyForm, consultants_for
from marketing.selling.check_models import SalesOffice, SellingCheck
from marketing.selling.filters import OfficeFilter, SellingCheckFilter
from marketing.selling.pages import change_form, found_in, short_form, working
from marketing.selling.querysets import CHECK, SEE_QUALITY, TESTS
from marketing.selling.registers import CHECK_SUBJECT, FINDINGS
from marketing.selling.selectors.quality import competences, office_rows
from marketing.selling.services import checking
from marketing.selling.services.following import CORRECTION, RETEST, TRAINING
from marketing.selling.sheets import CHECK_SHEETS, INSPECTION, TEST_LABELS

CHECKS = Listing(
    template="marketing/selling/checks.html",
    sorts={"latest": ("-happened_on", "-id")},
    default_sort="latest",
    filter_class=SellingCheckFilter,
)
PEOPLE = Listing(
    template="marketing/selling/competence.html",
    sorts={"name": ("name", "id")},
    default_sort="name",
)
OFFICES = Listing(
    template="marketing/selling/offices.html",
    sorts={"name": ("name", "id")},
    default_sort="name",
    filter_class=OfficeFilter,
)


@require_safe
@permission_required(SEE_QUALITY, raise_exception=True)
def selling_checks(request: HtmxHttpRequest) -> HttpResponse:
    """Show the checks drawn and asked for."""
    user = current_user(request)
    rows = SellingCheck.objects.visible_to(user).select_related("person", "project")
    context = {"may_check": user.has_perm(CHECK)}
    return list_page(request, queryset=rows, listing=CHECKS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(CHECK, raise_exception=True)
@idempotent()
def mystery_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write down the visit of a mystery customer."""
    return short_form(
        request,
        form=MysteryForm(request.POST or None, user=current_user(request)),
        run=lambda data: checking.plan_mystery(
            draft=checking.MysteryDraft(**data), **working(request)
        ),
        title=_("Visit of a mystery customer"),
        back=reverse("marketing:selling-checks"),
    )


@require_safe
@permission_required(SEE_QUALITY, raise_exception=True)
def selling_check(request: HtmxHttpRequest, selling_check_id: int) -> HttpResponse:
    """Show a check: the talk, its sheet, its findings."""
    user = current_user(request)
    check = found_in(SellingCheck.objects, request, selling_check_id, "person", "project", "talk")
    key = CHECK_SHEETS[check.kind]
    ensure_default(key)
    talk = check.talk
    seen = Customer.objects.visible_to(user)
    sees = talk is not None and seen.filter(pk=talk.customer_id).exists()
    context = {
        "check": check,
        "sheet": key,
        "talk": talk if sees else None,
        "findings": RegisterEntry.objects.of(FINDINGS)
        .about(CHECK_SUBJECT, check.pk)
        .order_by("pk"),
        "may_check": user.has_perm(CHECK) and check.state == "open",
    }
    return render(request, "marketing/selling/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(CHECK, raise_exception=True)
@idempotent()
def selling_check_strike(request: HtmxHttpRequest, selling_check_id: int) -> HttpResponse:
    """Strike a check that cannot be done."""
    check = found_in(SellingCheck.objects, request, selling_check_id, "person")
    return short_form(
        request,
        form=WhyForm(request.POST or None),
        run=lambda data: checking.strike_check(
            check=check, reason=data["reason"], **working(request)
        ),
        title=_("Strike the check"),
        back=check.get_absolute_url(),
    )


@require_safe
@permission_required(SEE_QUALITY, raise_exception=True)
def competence(request: HtmxHttpRequest) -> HttpResponse:
    """Show how the consultants of one's projects stand in tests and checks."""
    now = timezone.now()
    return list_page(
        request,
        queryset=consultants_for(current_user(request)),
        listing=PEOPLE,
        present=lambda page: competences(page, now),
        context={"tests": list(TEST_LABELS.values())},
    )


@require_safe
@permission_required(TESTS, raise_exception=True)
def own_selling(request: HtmxHttpRequest) -> HttpResponse:
    """Show a consultant the own tests, level, quality score, findings and tasks."""
    user, now = current_user(request), timezone.now()
    for key in TEST_LABELS:
        ensure_default(key)
    standing = competences([user], now)[0]
    mine = SellingCheck.objects.filter(person=user, state="done")
    tasks = Task.objects.filter(
        owner=user, source__in=[TRAINING, RETEST, CORRECTION], state=TaskState.OPEN.value
    )
    findings = RegisterEntry.objects.of(FINDINGS).filter(subject_id__in=mine.values("pk"))
    context = {
        "standing": standing,
        "tests": list(zip(TEST_LABELS.items(), standing.results, strict=True)),
        "tasks": tasks.order_by("due_at", "pk")[:20],
        "findings": findings.order_by("-pk")[:20],
    }
    return render(request, "marketing/selling/own.html", context)


@require_safe
@permission_required(SEE_QUALITY, raise_exception=True)
def sales_offices(request: HtmxHttpRequest) -> HttpResponse:
    """Show the sales offices with their latest scores."""
    user = current_user(request)
    rows = SalesOffice.objects.visible_to(user).select_related("project", "keeper")
    return list_page(
        request,
        queryset=rows,
        listing=OFFICES,
        present=office_rows,
        context={"may_check": user.has_perm(CHECK)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(CHECK, raise_exception=True)
@idempotent()
def sales_office_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a new sales office."""
    return short_form(
        request,
        form=OfficeForm(request.POST or None, user=current_user(request)),
        run=lambda data: checking.keep_office(
            office=None, draft=checking.OfficeDraft(**data), **working(request)
        ),
        title=_("New sales office"),
        back=reverse("marketing:sales-offices"),
    )


@require_safe
@permission_required(SEE_QUALITY, raise_exception=True)
def sales_office(request: HtmxHttpRequest, sales_office_id: int) -> HttpResponse:
    """Show a sales office: the trend of its scores, and what is to be put right."""
    office, user = get_office(request, sales_office_id), current_user(request)
    ensure_default(INSPECTION)
    tasks = Task.objects.filter(
        source=CORRECTION, subject_kind="sales-office", subject_id=str(office.pk)
    )
    row = office_rows([office])[0]
    context: dict[str, Any] = {
        "office": office,
        "row": row,
        "scores": row.scores[::-1],
        "tasks": tasks.select_related("owner").order_by("state", "due_at", "pk")[:50],
        "sheet": INSPECTION,
        "may_check": user.has_perm(CHECK),
    }
    return render(request, "marketing/selling/office.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(CHECK, raise_exception=True)
@idempotent()
def sales_office_edit(request: HtmxHttpRequest, sales_office_id: int) -> HttpResponse:
    """Change a sales office."""
    office, user = get_office(request, sales_office_id), current_user(request)
    return change_form(
        request,
        row=office,
        form=lambda data: OfficeForm(data, user=user, office=office),
        run=lambda valid: checking.keep_office(
            office=office, draft=checking.OfficeDraft(**valid.cleaned_data), **working(request)
        ),
    )


def get_office(request: HtmxHttpRequest, key: int) -> SalesOffice:
    """Return the office; 404 where it is missing or of a project one does not see."""
    found: SalesOffice = found_in(SalesOffice.objects, request, key, "project", "keeper")
    return found
