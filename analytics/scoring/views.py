"""The register of score models: what is in use, how good it is, and going back (BEY-08)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.scoring import forms, pages
from analytics.scoring.choices import ModelState
from analytics.scoring.errors import ModelRefusedError
from analytics.scoring.filters import ModelFilter
from analytics.scoring.models import KEEP, VIEW, ModelCheck, ScoreModel
from analytics.scoring.services.activating import (
    activate,
    model_before,
    refusals_of,
    roll_back,
)
from analytics.scoring.services.asking import ask_training, kinds_to_train, standings
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user

REGISTER = "analytics:score-models"
FORM = "analytics/scoring/form.html"
MODELS = Listing(
    template="analytics/scoring/list.html",
    sorts={"latest": ("-trained_at", "-id")},
    default_sort="latest",
    filter_class=ModelFilter,
)


def get_model(request: HtmxHttpRequest, score_model_id: int) -> ScoreModel:
    """Return the version; 404 where it is missing or not to be seen."""
    rows = ScoreModel.objects.visible_to(current_user(request)).select_related("activated_by")
    found: ScoreModel | None = rows.filter(pk=score_model_id).first()
    if found is None:
        raise Http404
    return found


def _sent(request: HtmxHttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_safe
@permission_required(VIEW, raise_exception=True)
def model_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show every version, the last trained first, with the last look at those in use."""
    last = ModelCheck.objects.filter(model=OuterRef("pk")).order_by("-on")
    rows = ScoreModel.objects.visible_to(current_user(request)).for_list()
    rows = rows.annotate(last_warnings=Subquery(last.values("warnings")[:1]))
    return list_page(request, queryset=rows, listing=MODELS, context=_training(request))


def _training(request: HtmxHttpRequest) -> dict[str, Any]:
    found = standings(now=timezone.now())
    return {
        "trainings": found,
        "is_training": any(one.is_running for one in found),
        "training_kinds": kinds_to_train(),
        "may_keep": current_user(request).has_perm(KEEP),
    }


@require_safe
@permission_required(VIEW, raise_exception=True)
def model_training(request: HtmxHttpRequest) -> HttpResponse:
    """Draw where the trainings stand; once all are over, send the browser to the register."""
    context = _training(request)
    if not context["is_training"]:
        return go_to(request, reverse(REGISTER))
    return render(request, "analytics/scoring/_training.html", context)


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def model_train(request: HtmxHttpRequest) -> HttpResponse:
    """Have the models of a score trained now; a second call while they are is refused."""
    kind = request.POST.get("kind", "")
    ask_training(kind, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The training has begun. You can leave this page."))
    return go_to(request, reverse(REGISTER))


@require_safe
@permission_required(VIEW, raise_exception=True)
def model_page(request: HtmxHttpRequest, score_model_id: int) -> HttpResponse:
    """Show how good a version is, how it holds since, and what can be done with it."""
    row, user = get_model(request, score_model_id), current_user(request)
    is_active = row.state == ModelState.ACTIVE
    checks = list(row.checks.order_by("-on")[:30])
    last = checks[0] if checks else None
    refused = [] if is_active else refusals_of(row, row.confirmed)
    context = {
        "row": row,
        "is_active": is_active,
        "lines": pages.stage_lines(row),
        "chart": pages.reliability_chart(row),
        "candidates": pages.candidates(row),
        "checks": checks,
        "last": last,
        "warnings": pages.warnings_of(last),
        "moved": pages.moved_inputs(last),
        "groups": pages.fair_groups(last),
        "refused": refused,
        "before": model_before(row.kind, row.stage) if is_active else None,
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "analytics/scoring/model.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def model_activate(request: HtmxHttpRequest, score_model_id: int) -> HttpResponse:
    """Put a version into use, with a reason; leaking columns are confirmed by name."""
    row, user = get_model(request, score_model_id), current_user(request)
    if row.state == ModelState.ACTIVE:
        raise ModelRefusedError(_("This version is in use already."))
    form = forms.ActivateForm(_sent(request), model=row)

    def save(valid: forms.ActivateForm) -> str:
        given = valid.cleaned_data
        try:
            activate(
                row,
                actor=user,
                now=timezone.now(),
                reason=given["reason"],
                confirmed=given.get("confirmed", ()),
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("In use from the next run on."))
        return row.get_absolute_url()

    context = {
        "title": _("Put into use"),
        "row": row,
        "submit_label": _("Put into use"),
        "cancel_url": row.get_absolute_url(),
        "draft": f"score-model-activate-{row.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def model_roll_back(request: HtmxHttpRequest, score_model_id: int) -> HttpResponse:
    """Go back from the version in use to the one before it, with a reason."""
    row, user = get_model(request, score_model_id), current_user(request)
    before = model_before(row.kind, row.stage)
    if row.state != ModelState.ACTIVE or before is None:
        raise ModelRefusedError(_("There is no earlier version to go back to."))
    form = forms.RollBackForm(_sent(request))

    def save(valid: forms.RollBackForm) -> str:
        try:
            found = roll_back(
                row.kind,
                row.stage,
                actor=user,
                now=timezone.now(),
                reason=valid.cleaned_data["reason"],
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The version before is in use from the next run on."))
        return found.get_absolute_url()

    context = {
        "title": _("Go back to version %(version)s") % {"version": before.version},
        "row": row,
        "submit_label": _("Go back"),
        "cancel_url": row.get_absolute_url(),
        "draft": f"score-model-back-{row.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)
