"""Records that may be one person: the queue, the pair side by side, merging and its undo."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.duplicate_forms import MergeForm, UnmergeForm
from customers.masking import phone_for
from customers.models import Customer, DuplicateSuggestion, Merge
from customers.record_tabs import render_tab
from customers.selectors.duplicates import (
    children_of,
    compare,
    history_of,
    label_of,
    reasons_of,
    text_of,
)
from customers.services.duplicates import decide_different, open_suggestions
from customers.services.merging import merge_customers
from customers.services.unmerging import UnmergeConflictError, conflicts_of, unmerge
from customers.views.customer_record import get_customer

MERGE = "customers.merge_customers"
QUEUE = Listing(
    template="customers/duplicate_list.html",
    sorts={"score": ("-score", "-id"), "found": ("-found_at", "-id")},
    default_sort="score",
)


@require_safe
@permission_required(MERGE, raise_exception=True)
def duplicate_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the pairs that wait for a decision, the surest first; both records must be in scope."""
    user = current_user(request)

    def present(rows: list[Any]) -> list[Any]:
        return [
            {
                "suggestion": row,
                "score": _percent(row.score),
                "reasons": reasons_of(row),
                "left_phone": phone_for(user, row.left),
                "right_phone": phone_for(user, row.right),
            }
            for row in rows
        ]

    return list_page(request, queryset=open_suggestions(user), listing=QUEUE, present=present)


@require_safe
@permission_required(MERGE, raise_exception=True)
def duplicate_detail(request: HtmxHttpRequest, suggestion_id: int) -> HttpResponse:
    """Show a pair side by side, with what speaks for it and what hangs on each record."""
    return _pair(request, _suggestion(request, suggestion_id))


@require_POST
@permission_required(MERGE, raise_exception=True)
@idempotent()
def duplicate_merge(request: HtmxHttpRequest, suggestion_id: int) -> HttpResponse:
    """Make one record of both, with the values that were chosen."""
    suggestion = _suggestion(request, suggestion_id)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _pair(request, suggestion, form=form, status=422)
    kept, gone = suggestion.left, suggestion.right
    if form.cleaned_data["kept"] == "right":
        kept, gone = gone, kept
    merge_customers(
        kept=kept,
        gone=gone,
        choices=form.sides(),
        reason=form.cleaned_data["reason"],
        actor=current_user(request),
        now=timezone.now(),
    )
    text = _("The records are merged. The timeline offers to take it back.")
    messages.success(request, text)
    return go_to(request, kept.get_absolute_url())


@require_POST
@permission_required(MERGE, raise_exception=True)
def duplicate_different(request: HtmxHttpRequest, suggestion_id: int) -> HttpResponse:
    """Keep both records; the pair does not come back."""
    suggestion = _suggestion(request, suggestion_id)
    decide_different(suggestion=suggestion, actor=current_user(request), now=timezone.now())
    messages.success(request, _("Both records stay; the pair is not proposed again."))
    return go_to(request, reverse("customers:duplicate-list"))


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def merge_detail(request: HtmxHttpRequest, merge_id: int) -> HttpResponse:
    """Show what a merge did, and what taking it back would meet."""
    return _merge_page(request, _merge(request, merge_id))


@require_POST
@permission_required(MERGE, raise_exception=True)
@idempotent()
def merge_undo(request: HtmxHttpRequest, merge_id: int) -> HttpResponse:
    """Take a merge back; fields edited since are asked about first (CUS-06)."""
    merge = _merge(request, merge_id)
    form = UnmergeForm(request.POST, conflicts=conflicts_of(merge, merge.kept))
    if not form.is_valid():
        return _merge_page(request, merge, form=form, status=409 if form.fields else 422)
    try:
        unmerge(
            merge=merge,
            actor=current_user(request),
            now=timezone.now(),
            answers=form.cleaned_data,
        )
    except UnmergeConflictError:
        return _merge_page(request, merge, form=form, status=409)
    messages.success(request, _("The merge is taken back; both records stand again."))
    return go_to(request, merge.kept.get_absolute_url())


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def field_history(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show what each field was before, since when and from where (CUS-06)."""
    customer = get_customer(request, customer_id)
    rows = history_of(customer, user=current_user(request))
    return render_tab(
        request,
        customer,
        key="history",
        template="customers/tabs/field_history.html",
        context={"rows": rows},
    )


def _suggestion(request: HtmxHttpRequest, suggestion_id: int) -> DuplicateSuggestion:
    found = open_suggestions(current_user(request)).filter(pk=suggestion_id).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


def _merge(request: HtmxHttpRequest, merge_id: int) -> Merge:
    seen = Customer.objects.visible_to(current_user(request)).values("pk")
    merges = Merge.objects.select_related("kept", "gone", "actor", "undone_by")
    return get_object_or_404(merges, pk=merge_id, kept__in=seen)


def _pair(
    request: HtmxHttpRequest,
    suggestion: DuplicateSuggestion,
    *,
    form: MergeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    both = (suggestion.left, suggestion.right)
    context = {
        "suggestion": suggestion,
        "score": _percent(suggestion.score),
        "reasons": reasons_of(suggestion),
        "fields": compare(*both, user=current_user(request)),
        "children": children_of(both),
        "form": form or MergeForm(),
        "keeps_right": _is_fuller(*both),
    }
    return render(request, "customers/duplicate_detail.html", context, status=status)


def _merge_page(
    request: HtmxHttpRequest,
    merge: Merge,
    *,
    form: UnmergeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, kept = current_user(request), merge.kept
    conflicts = [] if merge.undone_at else conflicts_of(merge, kept)

    def words(field: str, value: Any) -> str:
        return text_of(field, value, customer=kept, user=user)

    context = {
        "merge": merge,
        "customer": kept,
        "form": form,
        "conflicts": [
            {
                "field": each.field,
                "label": label_of(each.field),
                "before": words(each.field, each.before),
                "now": words(each.field, each.now),
            }
            for each in conflicts
        ],
        "may_undo": merge.undone_at is None and user.has_perm(MERGE),
    }
    return render(request, "customers/merge_detail.html", context, status=status)


def _is_fuller(left: Customer, right: Customer) -> bool:
    """Return whether the right record is the better one to keep: owned, else more complete."""
    return (right.owner_id is not None, right.completeness) > (
        left.owner_id is not None,
        left.completeness,
    )


def _percent(score: Decimal) -> int:
    return int(score * 100)
