"""The ranking of customers, the four steps, and the points of the team (CUS-54, 78, 79)."""

from datetime import datetime, time
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.segments.care_forms import StepForm
from marketing.segments.filters import ProgrammeFilter
from marketing.segments.hooks import lifetime_value
from marketing.segments.pages import FORM, working
from marketing.segments.querysets import RUN_PROGRAMME, SEE_PROGRAMME
from marketing.segments.selectors.introductions import credits_of, team_of
from marketing.segments.selectors.ranking import board, ranked
from marketing.segments.services.caring import bring_to
from marketing.segments.words import STEPS

COLUMNS: Final = ("profit", "lifetime", "frequency", "deals")
RANKING: Final = Listing(
    template="marketing/segments/ranking.html",
    sorts={
        key: (f"-{key}", *(f"-{other}" for other in COLUMNS if other != key), "id")
        for key in COLUMNS
    },
    default_sort="profit",
    filter_class=ProgrammeFilter,
)
STEP: Final = Listing(
    template="marketing/segments/step.html",
    sorts={"name": ("sort_key", "id")},
    default_sort="name",
    filter_class=ProgrammeFilter,
)


@require_safe
@permission_required(RUN_PROGRAMME, raise_exception=True)
def ranking(request: HtmxHttpRequest) -> HttpResponse:
    """Show the buyers by profit, lifetime value, frequency and amount; choose whom to invest in."""
    user = current_user(request)
    rows = ranked(Customer.objects.visible_to(user)).select_related("grading", "programme_step")
    context = {
        "may_run": user.has_perm(RUN_PROGRAMME),
        "knows_lifetime": lifetime_value() is not None,
        "steps": STEPS,
    }
    return list_page(request, queryset=rows, listing=RANKING, context=context)


@require_safe
@permission_required(SEE_PROGRAMME, raise_exception=True)
def programme_board(request: HtmxHttpRequest) -> HttpResponse:
    """Show the four steps with how many customers stand at each."""
    user = current_user(request)
    context = {"columns": board(user), "may_run": user.has_perm(RUN_PROGRAMME)}
    return render(request, "marketing/segments/board.html", context)


@require_safe
@permission_required(SEE_PROGRAMME, raise_exception=True)
def programme_customers(request: HtmxHttpRequest) -> HttpResponse:
    """Show the customers at a step (``?step=``), to bring them further."""
    user = current_user(request)
    seen = Customer.objects.visible_to(user)
    standing = seen.for_table("programme_step__step", "programme_step__incentive")
    rows = standing.select_related("owner", "project", "grading", "programme_step")
    context = {"may_run": user.has_perm(RUN_PROGRAMME), "steps": STEPS}
    return list_page(request, queryset=rows, listing=STEP, context=context)


@require_POST
@permission_required(RUN_PROGRAMME, raise_exception=True)
@idempotent()
def programme_move(request: HtmxHttpRequest) -> HttpResponse:
    """Bring the ticked customers to a step."""
    back = reverse("marketing:programme")
    user = current_user(request)

    def save(valid: StepForm) -> str:
        data = valid.cleaned_data
        chosen = Customer.objects.visible_to(user).filter(pk__in=data["customer"])
        moved = bring_to(
            customers=chosen, step=data["step"], incentive=data["incentive"], **working(request)
        )
        words = ngettext("%(n)s customer moved.", "%(n)s customers moved.", moved)
        messages.success(request, words % {"n": moved})
        return back

    context = {"title": _("Bring customers to a step"), "cancel_url": back}
    form = StepForm(request.POST)
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(SEE_PROGRAMME, raise_exception=True)
def team_points(request: HtmxHttpRequest) -> HttpResponse:
    """Show the points of the team for introductions this quarter (CUS-54)."""
    today = timezone.localdate()
    first = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
    start = timezone.make_aware(datetime.combine(first, time()))
    people = team_of(current_user(request))
    rows = credits_of(people, start=start, end=timezone.now())
    return render(request, "marketing/segments/points.html", {"rows": rows, "since": first})
