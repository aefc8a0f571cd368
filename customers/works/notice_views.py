"""The pages of progress notices: draft, photo, audience, signature."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
from crm_site.outbox.models import Message
from crm_site.staff.current import current_user
from customers.models import Customer
from customers.property.launching import picture_of
from customers.property.project_views import FORM
from customers.property.views import VIEW
from customers.works import forms, notices
from customers.works.models import ProgressNotice
from customers.works.pages import service_form
from customers.works.rules import NoticeState

SHOWN = 100


@require_safe
@permission_required(VIEW, raise_exception=True)
def notice_detail(request: HtmxHttpRequest, notice_id: int) -> HttpResponse:
    """Show a notice with its photo and whom it is for; after sending, how many it reached."""
    notice, user = _notice(request, notice_id), current_user(request)
    audience = notices.audience_of(notice, now=timezone.now())
    keys = [customer.pk for customer in audience.customers]
    seen = Customer.objects.visible_to(user).filter(pk__in=keys).order_by("sort_key", "pk")
    sent = Message.objects.filter(subject_kind=notices.SUBJECT, subject_id=str(notice.pk))
    context = {
        "project": notice.node.project,
        "notice": notice,
        "audience": audience,
        "seen": seen[:SHOWN],
        "delivered": sent.filter(state=Message.State.SENT).count(),
        "held_back": sent.filter(state=Message.State.SUPPRESSED).count(),
        "may_write": user.has_perm(notices.WRITE) and notice.state == NoticeState.DRAFT,
    }
    return render_page(request, "customers/works/notice.html", context, partial="notice")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(notices.WRITE, raise_exception=True)
@idempotent()
def notice_edit(request: HtmxHttpRequest, notice_id: int) -> HttpResponse:
    """Change the words of a draft."""
    notice, actor = _notice(request, notice_id), current_user(request)

    def save(valid: Any) -> str:
        words = valid.cleaned_data
        notices.change_notice(notice=notice, actor=actor, now=timezone.now(), **words)
        messages.success(request, _("The draft is saved."))
        return _url(notice)

    context = {
        "project": notice.node.project,
        "title": _("Notice to customers"),
        "cancel_url": _url(notice),
    }
    return edit_page(
        request,
        edit=edit_of(notice, actor),
        form=lambda data: forms.NoticeForm(data, instance=_notice(request, notice_id)),
        template=FORM,
        save=save,
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(notices.WRITE, raise_exception=True)
@idempotent()
def notice_photo_add(request: HtmxHttpRequest, notice_id: int) -> HttpResponse:
    """Put the photo into a draft."""
    notice, actor = _notice(request, notice_id), current_user(request)
    return service_form(
        request,
        project=notice.node.project,
        form=forms.PhotoForm(request.POST or None, request.FILES or None),
        title=_("Photo of the notice"),
        back=_url(notice),
        run=lambda valid: notices.put_photo(
            notice=notice,
            photo=valid.cleaned_data["photo"].read(),
            actor=actor,
            now=timezone.now(),
        ),
        done=_("The photo is in the notice."),
        has_file=True,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def notice_photo(request: HtmxHttpRequest, notice_id: int) -> HttpResponse:
    """Send the photo of a notice."""
    photo = _notice(request, notice_id).photo
    if photo is None:
        raise Http404
    answer = HttpResponse(picture_of(photo), content_type=photo.media_type)
    answer["Content-Disposition"] = f'inline; filename="notice-{notice_id}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_POST
@permission_required(notices.WRITE, raise_exception=True)
@idempotent()
def notice_submit(request: HtmxHttpRequest, notice_id: int) -> HttpResponse:
    """Ask for the signature that sends the notice."""
    notice = _notice(request, notice_id)
    notices.submit_notice(notice=notice, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The notice waits for its signature; then it is sent."))
    return go_to(request, _url(notice))


def _notice(request: HtmxHttpRequest, notice_id: int) -> ProgressNotice:
    rows = ProgressNotice.objects.visible_to(current_user(request))
    rows = rows.select_related("node__project", "node__building", "photo", "approval")
    found: ProgressNotice | None = rows.filter(pk=notice_id).first()
    if found is None:
        raise Http404
    return found


def _url(notice: ProgressNotice) -> str:
    return reverse("customers:notice-detail", args=[notice.pk])
