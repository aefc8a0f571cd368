"""Appraisals, the results of a person, candidates, the service star."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.improvement import choices, selectors
from analytics.improvement.forms import (
    AppealForm,
    DecideForm,
    HonourForm,
    MarksForm,
    NominationForm,
    OpenAppraisalForm,
)
from analytics.improvement.people_models import (
    Appeal,
    Appraisal,
    Honour,
    IncentiveAccount,
    IncentiveEntry,
    StarAward,
    StarNomination,
    StarVote,
)
from analytics.improvement.policies import reward_rules
from analytics.improvement.querysets import APPRAISE, AWARD, OWN, PAY, people_under
from analytics.improvement.services import appraising, stars
from analytics.improvement.services.appraising import Mark
from analytics.improvement.services.rewards import HonourDraft, honour
from analytics.pages import change_form, done, found_in, short_form, working
from analytics.reviews.querysets import place_of
from analytics.reviews.rules.periods import Cycle, span_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from marketing.segments.selectors.introductions import Credit, credit_of

APPRAISALS = Listing(
    template="analytics/improvement/appraisals.html",
    sorts={"latest": ("-ends_on", "-id"), "total": ("-total", "-id")},
    default_sort="latest",
)
MONTHS = 12


@require_safe
@permission_required(OWN, raise_exception=True)
def appraisals(request: HtmxHttpRequest) -> HttpResponse:
    """Show one's own appraisals and those of the people one leads."""
    user = current_user(request)
    rows = Appraisal.objects.visible_to(user).select_related("person", "by")
    context = {"may_appraise": user.has_perm(APPRAISE)}
    return list_page(request, queryset=rows, listing=APPRAISALS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(APPRAISE, raise_exception=True)
@idempotent()
def appraisal_open(request: HtmxHttpRequest) -> HttpResponse:
    """Open the appraisal of a colleague for a quarter; the figures are frozen."""
    user = current_user(request)
    return short_form(
        request,
        form=OpenAppraisalForm(request.POST or None, user=user),
        title=_("Appraise a colleague"),
        back=reverse("analytics:appraisals"),
        submit=_("Freeze the figures"),
        run=lambda data: appraising.open_appraisal(
            person=data["person"], span=span_of(Cycle.QUARTER, data["day"]), **working(request)
        )[0],
    )


def get_appraisal(request: HtmxHttpRequest, key: int) -> Appraisal:
    """Return the appraisal; 404 where it is missing or not for this reader."""
    found: Appraisal = found_in(Appraisal.objects, request, key, "person__node", "by")
    return found


@require_safe
@permission_required(OWN, raise_exception=True)
def appraisal(request: HtmxHttpRequest, appraisal_id: int) -> HttpResponse:
    """Show an appraisal: figures, marks, score, and the appeal with both scores."""
    row, user = get_appraisal(request, appraisal_id), current_user(request)
    leads = user.has_perm(APPRAISE) and user.pk != row.person_id
    rows = selectors.dimension_rows(row)
    context = {
        "appraisal": row,
        "rows": rows,
        "chart": selectors.dimension_chart(rows),
        "appeal": Appeal.objects.filter(appraisal=row).select_related("decided_by").first(),
        "scores": appraising.recomputed(row),
        "credit": _credit(row),
        "may_judge": leads and row.state == "draft",
        "may_decide": leads and row.state == "appealed" and user.pk != row.by_id,
        "may_appeal": user.pk == row.person_id and row.state == "published",
    }
    return render(request, "analytics/improvement/appraisal.html", context)


def _credit(row: Appraisal) -> Credit:
    """Return what the person did for the other projects in the span appraised (CUS-54)."""
    start, end = (
        timezone.make_aware(datetime.combine(day, time()))
        for day in (row.starts_on, row.ends_on + timedelta(days=1))
    )
    return credit_of(row.person, start=start, end=end)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(APPRAISE, raise_exception=True)
@idempotent()
def appraisal_edit(request: HtmxHttpRequest, appraisal_id: int) -> HttpResponse:
    """Give each dimension a mark with its evidence."""
    row = get_appraisal(request, appraisal_id)

    def form(data: Any) -> BaseForm:
        return MarksForm(data, appraisal=get_appraisal(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: appraising.judge(appraisal=row, marks=_marks(data), **working(request)),
    )


@require_POST
@permission_required(APPRAISE, raise_exception=True)
@idempotent()
def appraisal_publish(request: HtmxHttpRequest, appraisal_id: int) -> HttpResponse:
    """Show an appraisal to the person."""
    row = get_appraisal(request, appraisal_id)
    appraising.publish(appraisal=row, **working(request))
    return done(request, row, _("The appraisal is published."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(OWN, raise_exception=True)
@idempotent()
def appraisal_appeal(request: HtmxHttpRequest, appraisal_id: int) -> HttpResponse:
    """Object to one's own appraisal."""
    row = get_appraisal(request, appraisal_id)
    return short_form(
        request,
        form=AppealForm(request.POST or None),
        title=_("Appeal"),
        back=row.get_absolute_url(),
        run=lambda data: appraising.appeal(appraisal=row, **data, **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(APPRAISE, raise_exception=True)
@idempotent()
def appraisal_decide(request: HtmxHttpRequest, appraisal_id: int) -> HttpResponse:
    """Decide an appeal; both scores stay."""
    row = get_appraisal(request, appraisal_id)
    return short_form(
        request,
        form=DecideForm(request.POST or None, appraisal=row),
        title=_("Decide the appeal"),
        back=row.get_absolute_url(),
        run=lambda data: appraising.decide(
            appraisal=row, marks=_marks(data), answer=data["answer"], **working(request)
        ),
    )


def _marks(data: Mapping[str, Any]) -> dict[str, Mark]:
    return {
        key: Mark(data[f"{key}_mark"], data[f"{key}_evidence"]) for key, _l in choices.DIMENSIONS
    }


@require_safe
@permission_required(OWN, raise_exception=True)
def own_results(request: HtmxHttpRequest) -> HttpResponse:
    """Show one's own results."""
    return _results(request, current_user(request))


@require_safe
@permission_required(OWN, raise_exception=True)
def person_results(request: HtmxHttpRequest, person_id: int) -> HttpResponse:
    """Show the results of somebody one leads or pays, or one's own."""
    return _results(request, get_person(request, person_id))


def get_person(request: HtmxHttpRequest, key: int) -> User:
    """Return the person whose results the user may see; 404 else."""
    user = current_user(request)
    rows = User.objects.filter(pk=user.pk)
    if user.has_perm(APPRAISE):
        rows = rows | User.objects.filter(pk__in=people_under(user).order_by().values("pk"))
    if user.has_perm(PAY) and user.node is not None:
        rows = rows | User.objects.filter(node__region=user.node.region_id, is_active=True)
    found = rows.select_related("node").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _results(request: HtmxHttpRequest, person: User) -> HttpResponse:
    user = current_user(request)
    account = IncentiveAccount.objects.filter(person=person).first()
    entries = IncentiveEntry.objects.filter(account=account).select_related("actor")
    context = {
        "person": person,
        "appraisals": Appraisal.objects.visible_to(user)
        .filter(person=person)
        .order_by("-ends_on")[:MONTHS],
        "account": account,
        "entries": entries.order_by("-pk")[:50] if account else [],
        "honours": Honour.objects.filter(person=person).select_related("by").order_by("-given_on"),
        "awards": StarAward.objects.filter(nomination__person=person)
        .select_related("nomination")
        .order_by("-month_on"),
        "may_honour": user.has_perm(APPRAISE) and user.pk != person.pk,
        "may_pay": user.has_perm(PAY),
    }
    return render(request, "analytics/improvement/results.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(APPRAISE, raise_exception=True)
@idempotent()
def honour_add(request: HtmxHttpRequest, person_id: int) -> HttpResponse:
    """Honour somebody one leads."""
    person = get_person(request, person_id)

    def run(data: dict[str, Any]) -> None:
        honour(given=HonourDraft(person=person, **data), **working(request))

    return short_form(
        request,
        form=HonourForm(request.POST or None),
        title=_("Honour: %(name)s") % {"name": person.name},
        back=reverse("analytics:person-results", args=[person.pk]),
        run=run,
    )


@require_safe
@permission_required(APPRAISE, raise_exception=True)
def candidates(request: HtmxHttpRequest) -> HttpResponse:
    """Show for whom the appraisal history speaks: promotion, or another post."""
    rows = selectors.candidates(current_user(request), timezone.now())
    return render(request, "analytics/improvement/candidates.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(OWN, raise_exception=True)
@idempotent()
def service_star(request: HtmxHttpRequest) -> HttpResponse:
    """Show nominations and wall; a post names a colleague."""
    user, now = current_user(request), timezone.now()
    form = NominationForm(request.POST or None, user=user)
    month = stars.month_of(now)
    last = (month - timedelta(days=1)).replace(day=1)
    region_id = place_of(user)

    def save(valid: NominationForm) -> str:
        stars.nominate(given=stars.Act(**valid.cleaned_data), actor=user, now=now)
        return reverse("analytics:service-star")

    wall = StarAward.objects.visible_to(user).select_related("nomination__person", "region")
    rules, _version = reward_rules(now)
    own = StarVote.objects.filter(month_on=month, voter=user).first()
    context = {
        "month": month,
        "last": last,
        "rows": stars.ranked(region_id, month),
        "last_rows": stars.ranked(region_id, last),
        "awarded": set(wall.filter(region=region_id).values_list("month_on", flat=True)),
        "wall": wall.order_by("-month_on", "-pk")[:MONTHS],
        "own_vote": own.nomination_id if own else None,
        "reward": rules.star,
        "may_award": user.has_perm(AWARD),
    }
    template = "analytics/improvement/stars.html"
    return form_page(request, form=form, template=template, save=save, context=context)


@require_POST
@permission_required(OWN, raise_exception=True)
@idempotent()
def star_vote(request: HtmxHttpRequest, nomination_id: int) -> HttpResponse:
    """Give one's vote of the month."""
    user = current_user(request)
    row = StarNomination.objects.visible_to(user).filter(pk=nomination_id).first()
    if row is None:
        raise Http404
    stars.vote(nomination=row, actor=user, now=timezone.now())
    messages.success(request, _("Your vote of the month is given."))
    return go_to(request, reverse("analytics:service-star"))


@require_POST
@permission_required(AWARD, raise_exception=True)
@idempotent()
def star_award(request: HtmxHttpRequest) -> HttpResponse:
    """Award the star of the month before."""
    now = timezone.now()
    last = (stars.month_of(now) - timedelta(days=1)).replace(day=1)
    stars.award(month_on=last, actor=current_user(request), now=now)
    messages.success(request, _("The star is awarded and the reward is entered."))
    return go_to(request, reverse("analytics:service-star"))
