"""The notification centre, its bell, and the message log of the system administrator."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, read_page
from crm_site.outbox.addressees import reason_word
from crm_site.outbox.forms import PreferencesForm
from crm_site.outbox.models import Message
from crm_site.outbox.selectors import by_day, lines, log_counts, mine
from crm_site.outbox.services import mark_read, unread_count
from crm_site.staff.current import current_user

LISTING = Listing(
    template="outbox/notification_list.html", sorts={"latest": ("pk",)}, default_sort="-latest"
)
LOG = Listing(template="outbox/message_log.html", sorts={"latest": ("pk",)}, default_sort="-latest")


@require_safe
def notification_list(request: HtmxHttpRequest) -> HttpResponse:
    """List one's notifications by day, latest first; ``?unread=1`` only the unread ones."""
    user = current_user(request)
    only_unread = request.GET.get("unread") == "1"
    rows = mine(user).filter(read_at__isnull=True) if only_unread else mine(user)
    page = read_page(request, queryset=rows, listing=LISTING)
    context = {
        "page": page,
        "days": by_day(lines(page.rows, user=user)),
        "unread": unread_count(user),
        "only_unread": only_unread,
    }
    return render_page(request, LISTING.template, context, partial="table")


@require_safe
def bell(request: HtmxHttpRequest) -> HttpResponse:
    """Draw the bell with the number of unread notifications; polled by the frame."""
    return render(request, "outbox/_bell.html", {"unread": unread_count(current_user(request))})


@require_POST
def notification_read(request: HtmxHttpRequest, notification_id: int) -> HttpResponse:
    """Mark one notification as read and go where it leads, or back to the list."""
    user = current_user(request)
    row = mine(user).filter(pk=notification_id).first()
    if row is None:
        raise Http404
    mark_read(user=user, now=timezone.now(), notification_ids=[row.pk])
    url = lines([row], user=user)[0].url if request.POST.get("go") else ""
    return go_to(request, url or _back(request))


@require_POST
def notification_read_all(request: HtmxHttpRequest) -> HttpResponse:
    """Mark every notification of one's own as read."""
    count = mark_read(user=current_user(request), now=timezone.now())
    messages.success(request, _("%(count)s marked as read.") % {"count": count})
    return go_to(request, _back(request))


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent()
def notification_preferences(request: HtmxHttpRequest) -> HttpResponse:
    """Choose what one gets over which channel besides the application, and one's quiet hours."""
    user = current_user(request)
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Your preferences are saved."))
        return go_to(request, "/notifications/preferences/")
    status = 422 if form.is_bound else 200
    return render(request, "outbox/preferences.html", {"form": form}, status=status)


@require_safe
@permission_required("staff.view_health", raise_exception=True)
def message_log(request: HtmxHttpRequest) -> HttpResponse:
    """List messages by kind, channel and state for operations; nobody's name, no text."""
    rows = Message.objects.only(
        *("kind", "channel", "state", "attempts", "created_at", "sent_at", "last_error", "reason")
    )
    page = read_page(request, queryset=rows, listing=LOG)
    for row in page.rows:
        row.trouble = reason_word(row.reason) if row.reason else row.last_error
    context = {"page": page, "counts": log_counts()}
    return render_page(request, LOG.template, context, partial="table")


def _back(request: HtmxHttpRequest) -> str:
    url = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return url if is_ours and url.startswith("/") else "/notifications/"
