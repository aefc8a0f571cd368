"""Experiments: the library, writing one, its page with the figures, the decision."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from marketing.messaging import choices
from marketing.messaging.experiment_forms import ExperimentForm
from marketing.messaging.filters import ExperimentFilter
from marketing.messaging.forms import DecisionForm
from marketing.messaging.models import Experiment
from marketing.messaging.pages import done, get_seen, simple_form
from marketing.messaging.querysets import LAUNCH, VIEW, WRITE
from marketing.messaging.results import figures_of, verdict_of
from marketing.messaging.rules.verdicts import Arm, Verdict
from marketing.messaging.services import experiments as services

EXPERIMENTS: Final = Listing(
    template="marketing/messaging/experiments.html",
    sorts={"latest": ("-created_at", "-id")},
    default_sort="latest",
    filter_class=ExperimentFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def experiments(request: HtmxHttpRequest) -> HttpResponse:
    """Show the experiments and, of the decided ones, effect and interval (MKT-41)."""
    user = current_user(request)
    rows = Experiment.objects.visible_to(user).select_related("project", "winner")
    return list_page(
        request,
        queryset=rows,
        listing=EXPERIMENTS,
        present=lambda found: [{"test": row, "effects": effects_of(row)} for row in found],
        context={"may_write": user.has_perm(WRITE)},
    )


def effects_of(experiment: Experiment) -> list[dict[str, Any]]:
    """Return the effects a decision rests on, in percentage points."""
    return [
        {
            "key": one["key"],
            "points": 100 * one["difference"],
            "low": 100 * one["low"],
            "high": 100 * one["high"],
            "p": one["p"],
        }
        for one in experiment.result.get("compared", ())
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def experiment_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write the draft of an experiment."""
    user = current_user(request)
    return simple_form(
        request,
        form=ExperimentForm(request.POST or None, user=user),
        run=lambda valid: services.write_experiment(
            draft=valid.draft(), actor=user, now=timezone.now()
        ),
        context={"title": _("New experiment"), "cancel_url": reverse("marketing:experiments")},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def experiment(request: HtmxHttpRequest, experiment_id: int) -> HttpResponse:
    """Show an experiment: its arms, whether the draw holds, effects with their intervals."""
    row, user = get_seen(request, Experiment.objects, experiment_id), current_user(request)
    variants = {one.key: one for one in row.variants.select_related("template")}
    figures = figures_of(row, now=timezone.now())
    verdict = verdict_of(row, figures) if len(figures) > 1 else None
    advice, winner = verdict.advised() if verdict else ("open", "")
    context = {
        "test": row,
        "arms": [_line(arm, variants[arm.key], verdict) for arm in figures],
        "verdict": verdict,
        "advice": dict(choices.DECISIONS)[str(advice)],
        "winner": variants.get(winner),
        "kept": effects_of(row),
        "may_write": user.has_perm(WRITE),
        "may_start": row.state == "draft" and user.has_perm(LAUNCH),
        "may_decide": row.state == "running" and user.has_perm(services.DECIDE),
    }
    return render(request, "marketing/messaging/experiment.html", context)


def _line(arm: Arm, variant: Any, verdict: Verdict | None) -> dict[str, Any]:
    found = dict(verdict.compared).get(arm.key) if verdict else None
    line: dict[str, Any] = {"arm": arm, "variant": variant, "percent": 100 * arm.share.rate}
    if found is not None:
        low, high = found.newcombe
        line["effect"] = {
            "points": 100 * found.difference,
            "low": 100 * low,
            "high": 100 * high,
            "p": found.p,
        }
    return line


@require_POST
@permission_required(LAUNCH, raise_exception=True)
@idempotent()
def experiment_start(request: HtmxHttpRequest, experiment_id: int) -> HttpResponse:
    """Start a draft: how many each arm needs is worked out."""
    row, user = get_seen(request, Experiment.objects, experiment_id), current_user(request)
    row = services.start_experiment(experiment=row, actor=user, now=timezone.now())
    words = _("The experiment runs; each arm needs %(n)s customers.") % {"n": row.least}
    return done(request, row.get_absolute_url(), words)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(services.DECIDE, raise_exception=True)
@idempotent()
def experiment_decide(request: HtmxHttpRequest, experiment_id: int) -> HttpResponse:
    """Write the decision down, with its reason and the budget that follows."""
    row, user = get_seen(request, Experiment.objects, experiment_id), current_user(request)
    return simple_form(
        request,
        form=DecisionForm(request.POST or None, experiment=row),
        run=lambda valid: services.decide_experiment(
            experiment=row,
            decided=services.Decided(**valid.cleaned_data),
            actor=user,
            now=timezone.now(),
        ),
        context={"title": _("Decide the experiment"), "cancel_url": row.get_absolute_url()},
    )


@require_POST
@permission_required(services.DECIDE, raise_exception=True)
@idempotent()
def experiment_stop(request: HtmxHttpRequest, experiment_id: int) -> HttpResponse:
    """End an experiment without a decision."""
    row, user = get_seen(request, Experiment.objects, experiment_id), current_user(request)
    services.stop_experiment(experiment=row, actor=user, now=timezone.now())
    return done(request, row.get_absolute_url(), _("The experiment is stopped."))
