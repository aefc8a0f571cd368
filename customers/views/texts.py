"""Texts for customers: the list by occasion and channel, editing with a preview, using one."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.staff.current import current_user
from customers import choices
from customers.contact_forms import TextForm
from customers.default_texts import OCCASIONS
from customers.forms import InteractionForm
from customers.rules.axes import Channel
from customers.rules.texts import fill
from customers.services.texts import ContactText, all_texts, filled_for, find_text, save_text
from customers.views.customer_record import get_customer

EDIT = "customers.edit_templates"
SAMPLE = {"name": "王浩然", "consultant": "李晓", "project": "云栖里"}  # han: an example


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def text_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the texts of every occasion and channel."""
    words = dict(choices.CONTACT_CHANNELS)
    by_occasion: dict[str, list[tuple[str, ContactText]]] = {}
    for text in all_texts():
        by_occasion.setdefault(text.key, []).append((str(words[text.channel]), text))
    groups = [(key, OCCASIONS[key], rows) for key, rows in by_occasion.items()]
    context = {"groups": groups, "may_edit": request.user.has_perm(EDIT)}
    return render(request, "customers/text_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
def text_edit(request: HtmxHttpRequest, occasion: str, channel: str) -> HttpResponse:
    """Edit one text; the preview fills it with a sample customer and saves nothing."""
    text = _text(occasion, channel)
    form = TextForm(request.POST if request.method == "POST" else None, initial=asdict(text))
    if form.is_bound and form.is_valid() and "preview" not in request.POST:
        try:
            entry = ContactText(occasion, channel, **form.cleaned_data)
            save_text(entry=entry, actor=current_user(request), now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The text is saved."))
            return go_to(request, reverse("customers:text-list"))
    shown = form.data.get("text", "") if form.is_bound else text.text
    context = {
        "form": form,
        "occasion": OCCASIONS[occasion],
        "channel": dict(choices.CONTACT_CHANNELS)[channel],
        "preview": fill(shown, SAMPLE),
    }
    status = 422 if form.errors else 200
    return render(request, "customers/text_form.html", context, status=status)


@require_safe
@permission_required("customers.log_interaction", raise_exception=True)
def text_use(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Return the composer's box with the text ``?text=`` for ``?channel=``; 204 for none."""
    customer = get_customer(request, customer_id)
    key, channel = request.GET.get("text", ""), request.GET.get("channel", "")
    if not key or channel == Channel.NOTE.value:
        return HttpResponse(status=204)
    text = _text(key, channel)
    if not text.is_active:
        raise Http404
    form = InteractionForm(initial={"content": filled_for(text.text, customer)})
    return render(request, "customers/_composer_box.html", {"field": form["content"]})


def _text(key: str, channel: str) -> ContactText:
    if channel not in dict(choices.CONTACT_CHANNELS):
        raise Http404
    try:
        return find_text(key, Channel(channel))
    except LookupError as error:
        raise Http404 from error
