"""Texts of batches and flows."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from marketing.messaging.forms import TextForm
from marketing.messaging.models import MessageTemplate
from marketing.messaging.pages import FORM, get_seen
from marketing.messaging.querysets import VIEW, WRITE
from marketing.messaging.services.templates import save_template

TEXTS: Final = Listing(
    template="marketing/messaging/texts.html",
    sorts={"latest": ("-created_at", "-id"), "name": ("name", "id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def message_texts(request: HtmxHttpRequest) -> HttpResponse:
    """Show the texts."""
    user = current_user(request)
    rows = MessageTemplate.objects.visible_to(user).select_related("project")
    context = {"may_write": user.has_perm(WRITE)}
    return list_page(request, queryset=rows, listing=TEXTS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def message_text_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a text."""
    user = current_user(request)

    def save(valid: TextForm) -> str:
        save_template(draft=valid.draft(), actor=user, now=timezone.now())
        return reverse("marketing:message-texts")

    return form_page(
        request,
        form=TextForm(request.POST or None, user=user),
        template=FORM,
        save=save,
        context={"title": _("New text"), "cancel_url": reverse("marketing:message-texts")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def message_text_edit(request: HtmxHttpRequest, message_text_id: int) -> HttpResponse:
    """Change a text; batches that were launched keep their words."""
    text = get_seen(request, MessageTemplate.objects, message_text_id)
    user = current_user(request)

    def form(data: Any) -> TextForm:
        return TextForm(data, user=user, instance=MessageTemplate.objects.get(pk=text.pk))

    def save(valid: TextForm) -> str:
        row = MessageTemplate.objects.get(pk=text.pk)
        save_template(draft=valid.draft(), actor=user, now=timezone.now(), template=row)
        return reverse("marketing:message-texts")

    return edit_page(
        request,
        edit=edit_of(text, user),
        form=form,
        template=FORM,
        save=save,
        context={"title": text.name, "cancel_url": reverse("marketing:message-texts")},
    )
