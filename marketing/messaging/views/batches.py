"""Batches: the list, writing one, its page, its recipients, launching and stopping."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.outbox.addressees import reason_word
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.messaging.audiences import audience_words
from marketing.messaging.filters import BatchFilter, RecipientFilter
from marketing.messaging.forms import BatchForm
from marketing.messaging.models import Batch, BatchMessage
from marketing.messaging.pages import FORM, done, get_seen, saved, simple_form
from marketing.messaging.querysets import LAUNCH, VIEW, WRITE
from marketing.messaging.services.batches import launch_batch, preview, stop_batch, write_batch
from marketing.messaging.services.settling import held_by_reason, tallies, tally

BATCHES: Final = Listing(
    template="marketing/messaging/batches.html",
    sorts={"latest": ("-created_at", "-id")},
    default_sort="latest",
    filter_class=BatchFilter,
)
RECIPIENTS: Final = Listing(
    template="marketing/messaging/recipients.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=RecipientFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def batches(request: HtmxHttpRequest) -> HttpResponse:
    """Show the batches with how many got them and answered (MKT-37)."""
    user = current_user(request)

    def present(rows: list[Any]) -> list[Any]:
        counts = tallies(rows)
        return [{"batch": row, "tally": counts[row.pk]} for row in rows]

    return list_page(
        request,
        queryset=Batch.objects.visible_to(user).for_list(),
        listing=BATCHES,
        present=present,
        context={"may_write": user.has_perm(WRITE)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def batch_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write the draft of a batch."""
    user = current_user(request)
    return simple_form(
        request,
        form=BatchForm(request.POST or None, user=user),
        run=lambda valid: write_batch(draft=valid.draft(), actor=user, now=timezone.now()),
        context={"title": _("New batch"), "cancel_url": reverse("marketing:batches")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def batch_edit(request: HtmxHttpRequest, message_batch_id: int) -> HttpResponse:
    """Change a draft; what was launched stays as it is."""
    batch, user = get_seen(request, Batch.objects, message_batch_id), current_user(request)
    return edit_page(
        request,
        edit=edit_of(batch, user),
        form=lambda data: BatchForm(data, user=user, batch=Batch.objects.get(pk=batch.pk)),
        template=FORM,
        save=lambda valid: saved(
            lambda: write_batch(draft=valid.draft(), actor=user, now=timezone.now(), batch=batch)
        ),
        context={"title": batch.name, "cancel_url": batch.get_absolute_url()},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def batch(request: HtmxHttpRequest, message_batch_id: int) -> HttpResponse:
    """Show a batch: its text, whom it would reach or reached, rates, what was held back."""
    row = get_seen(request, Batch.objects.for_list(), message_batch_id)
    user, is_draft = current_user(request), row.state == "draft"
    reasons = [] if is_draft else held_by_reason(row)
    expected, trouble = _preview(row) if is_draft else (None, "")
    context = {
        "batch": row,
        "audience": audience_words(row.audience, row.asked),
        "title": row.template.title if is_draft else row.title,
        "body": row.template.body if is_draft else row.body,
        "preview": expected,
        "trouble": trouble,
        "tally": None if is_draft else tally(row),
        "held": [(reason_word(reason), n) for reason, n in reasons],
        "may_write": is_draft and user.has_perm(WRITE),
        "may_launch": user.has_perm(LAUNCH),
    }
    return render(request, "marketing/messaging/batch.html", context)


def _preview(row: Batch) -> tuple[dict[str, int] | None, str]:
    """Return how many a draft would reach, or why nobody can tell."""
    try:
        return preview(row, now=timezone.now()), ""
    except RefusedError as refusal:
        return None, str(refusal)


@require_safe
@permission_required(VIEW, raise_exception=True)
def batch_recipients(request: HtmxHttpRequest, message_batch_id: int) -> HttpResponse:
    """Show who is among the recipients, of the customers one may see."""
    row, user = get_seen(request, Batch.objects, message_batch_id), current_user(request)
    seen = Customer.objects.visible_to(user).order_by()
    rows = BatchMessage.objects.filter(batch=row, customer__in=seen.values("pk"))

    def present(found: list[Any]) -> list[Any]:
        return [{"row": one, "why": reason_word(one.reason) if one.reason else ""} for one in found]

    return list_page(
        request,
        queryset=rows.select_related("customer", "variant"),
        listing=RECIPIENTS,
        present=present,
        context={"batch": row},
    )


@require_POST
@permission_required(LAUNCH, raise_exception=True)
@idempotent()
def batch_launch(request: HtmxHttpRequest, message_batch_id: int) -> HttpResponse:
    """Launch a draft: from its start on it sends."""
    row, user = get_seen(request, Batch.objects, message_batch_id), current_user(request)
    launch_batch(batch=row, actor=user, now=timezone.now())
    return done(request, row.get_absolute_url(), _("The batch is launched."))


@require_POST
@permission_required(LAUNCH, raise_exception=True)
@idempotent()
def batch_stop(request: HtmxHttpRequest, message_batch_id: int) -> HttpResponse:
    """Stop a batch: what still waits is held back."""
    row, user = get_seen(request, Batch.objects, message_batch_id), current_user(request)
    stop_batch(batch=row, actor=user, now=timezone.now())
    return done(request, row.get_absolute_url(), _("The batch is stopped."))
