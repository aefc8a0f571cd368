"""Customers by value, those who are likely of high value, and the groups they are in."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Avg, Count, QuerySet, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.churn.models import VIEW as VIEW_CHURN
from analytics.dashboards.charts import Chart, Series, Tone
from analytics.value import choices, words
from analytics.value.filters import IntentFilter, ValueFilter
from analytics.value.models import (
    VIEW,
    VIEW_CUSTOMER,
    Cluster,
    ClusterMember,
    ClusterRun,
    CustomerValue,
    LikelyValue,
    PurchaseIntent,
    ValueModel,
)
from analytics.value.policies import rules_at
from analytics.value.selectors.assessed import assessed
from analytics.value.selectors.matrix import Matrix, matrix
from analytics.value.services.intending import scored_at
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user

JOINED = ("customer__owner", "customer__project", "customer__grading")
VALUES = Listing(
    template="analytics/value/list.html",
    sorts={"net": ("-net", "-customer_id"), "low": ("net", "customer_id")},
    default_sort="net",
    filter_class=ValueFilter,
)
LIKELY = Listing(
    template="analytics/value/likely.html",
    sorts={"chance": ("-chance", "-customer_id")},
    default_sort="chance",
)
INTENTS = Listing(
    template="analytics/value/intent.html",
    sorts={"chance": ("-probability", "-customer_id")},
    default_sort="chance",
    filter_class=IntentFilter,
)
MEMBERS = Listing(
    template="analytics/value/cluster.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the customers by net value, the most first; figures of all that one may see."""
    seen = assessed(CustomerValue.objects, current_user(request))
    sums = seen.aggregate(
        customers=Count("pk"),
        mean=Avg("net"),
        gross=Sum("gross"),
        cost=Sum("cost"),
        net=Sum("net"),
        sales=Sum("sales"),
        fees=Sum("fees"),
        returns=Sum("returns"),
    )
    context = {
        "sums": sums,
        "rules": rules_at(timezone.now()),
        "model": ValueModel.objects.filter(is_active=True).first(),
    }
    return list_page(
        request, queryset=seen.select_related(*JOINED), listing=VALUES, context=context
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_likely(request: HtmxHttpRequest) -> HttpResponse:
    """Show who looks like the customers of high value and is not graded so (ANA-51)."""
    rows = assessed(LikelyValue.objects, current_user(request)).select_related(*JOINED)
    return list_page(request, queryset=rows, listing=LIKELY, present=_with_drivers)


@require_safe
@permission_required((VIEW_CUSTOMER, "customers.view_customer"), raise_exception=True)
def value_intent(request: HtmxHttpRequest) -> HttpResponse:
    """Show the prospects by purchase intent: whom to call next (ANA-45, ANA-54)."""
    user = current_user(request)
    joined = ("customer__owner", "customer__project", "customer__churn_score")
    rows = assessed(PurchaseIntent.objects, user).select_related(*joined)
    may_risk = user.has_perm(VIEW_CHURN)
    context = {"scored_at": scored_at(), "may_risk": may_risk}
    return list_page(request, queryset=rows, listing=INTENTS, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_segments(request: HtmxHttpRequest) -> HttpResponse:
    """Show one method of segmentation against the grades (ANA-44)."""
    method = request.GET.get("method", "value")
    if method not in choices.METHODS:
        raise Http404
    seen = assessed(CustomerValue.objects, current_user(request))
    found = matrix(seen, method)
    context = {
        "matrix": found,
        "chart": _shares(found),
        "methods": [(key, label) for key, (label, _cells) in choices.METHODS.items()],
    }
    return render(request, "analytics/value/segments.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_clusters(request: HtmxHttpRequest) -> HttpResponse:
    """Show the groups of the newest run, what makes them, and how they moved (ANA-42)."""
    run = ClusterRun.objects.first()
    seen = assessed(ClusterMember.objects, current_user(request))
    counts = dict(
        seen.filter(cluster__run=run).order_by().values_list("cluster").annotate(n=Count("pk"))
    )
    clusters = [] if run is None else list(run.clusters.select_related("before"))
    context = {
        "run": run,
        "features": [words.FEATURES[name] for name in run.features] if run else [],
        "clusters": [
            {
                "row": cluster,
                "name": words.cluster_name(cluster.words),
                "seen": counts.get(cluster.pk, 0),
                "off": [cluster.off[name] for name in run.features] if run else [],
                "change": cluster.size - cluster.before.size if cluster.before else None,
            }
            for cluster in clusters
        ],
    }
    return render(request, "analytics/value/clusters.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_cluster(request: HtmxHttpRequest, value_cluster_id: int) -> HttpResponse:
    """Show the members of a group, as they were when it was found."""
    cluster = Cluster.objects.select_related("run").filter(pk=value_cluster_id).first()
    if cluster is None:
        raise Http404
    rows: QuerySet[Any] = assessed(cluster.members, current_user(request))
    context = {
        "cluster": cluster,
        "name": words.cluster_name(cluster.words),
        "facts": [
            (words.FEATURES[name], cluster.centre[name], words.UNITS.get(name, ""))
            for name in cluster.run.features
        ],
    }
    joined = (*JOINED, "customer__value")
    return list_page(
        request, queryset=rows.select_related(*joined), listing=MEMBERS, context=context
    )


def _shares(found: Matrix) -> Chart:
    """Return the customers of each cell, stacked by grade."""
    tones: tuple[Tone, ...] = ("good", "main", "near", "second", "bad", "before")
    series = [
        Series(head, [row.figures[place].count for row in found.rows], tone=tone)
        for place, (head, tone) in enumerate(zip(found.heads, tones, strict=True))
    ]
    return Chart(
        key="segments",
        kind="stack",
        title=_("Customers by cell and grade"),
        categories=[row.label for row in found.rows],
        series=series,
        heading=found.label,
        unit="count",
        digits=0,
        height="s",
    )


def _with_drivers(rows: list[Any]) -> list[Any]:
    return [
        {"row": row, "drivers": [(words.FEATURES[name], points) for name, points in row.drivers]}
        for row in rows
    ]
