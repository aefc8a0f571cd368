"""Texts for customers: the list by occasion and channel, editing with a preview, using one."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import Edit, carry_base
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
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
FORM = "customers/text_form.html"
SAMPLE = {"name": "王浩然", "consultant": "李晓", "project": "云栖里"}  # han: an example


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def text_list(request: HtmxHttpRequest) -> HttpResponse:
    """List the texts by occasion, equal ones of several channels once; ``?q=`` narrows them."""
    asked = request.GET.get("q", "").strip()[:80]
    by_occasion: dict[str, list[TextLine]] = {}
    for line in _lines(all_texts()):
        if _speaks_of(line, asked.lower()):
            by_occasion.setdefault(line.text.key, []).append(line)
    groups = [(key, OCCASIONS[key], lines) for key, lines in by_occasion.items()]
    context = {"groups": groups, "asked": asked, "may_edit": request.user.has_perm(EDIT)}
    return render(request, "customers/text_list.html", context)


@dataclass(frozen=True, slots=True)
class TextLine:
    """One wording of an occasion, how it reads to a customer, and the channels that use it."""

    text: ContactText
    preview: str
    channels: list[tuple[str, str]]


def _lines(texts: Iterable[ContactText]) -> list[TextLine]:
    words = dict(choices.CONTACT_CHANNELS)
    found: dict[tuple[str, str, bool, bool], TextLine] = {}
    for text in texts:
        same = (text.key, text.text, text.is_active, text.is_default)
        line = found.setdefault(same, TextLine(text, fill(text.text, SAMPLE), []))
        line.channels.append((text.channel, str(words[text.channel])))
    return list(found.values())


def _speaks_of(line: TextLine, asked: str) -> bool:
    """Return whether the words asked for stand in the text, its occasion or its channels."""
    spoken = [line.preview, line.text.title, str(OCCASIONS[line.text.key])]
    return any(asked in part.lower() for part in [*spoken, *(word for _key, word in line.channels)])


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def text_edit(request: HtmxHttpRequest, occasion: str, channel: str) -> HttpResponse:
    """Edit one text; the preview fills it with a sample customer and saves nothing."""
    text, user = _text(occasion, channel), current_user(request)

    def form(data: Any) -> TextForm:
        return TextForm(data, initial=asdict(_text(occasion, channel)))

    def save(valid: TextForm) -> str:
        entry = ContactText(occasion, channel, **valid.cleaned_data)
        save_text(entry=entry, actor=user, now=timezone.now())
        messages.success(request, _("The text is saved."))
        return reverse("customers:text-list")

    context = {
        "occasion": OCCASIONS[occasion],
        "channel": dict(choices.CONTACT_CHANNELS)[channel],
        "preview": fill(request.POST.get("text", text.text), SAMPLE),
    }
    if "preview" in request.POST:
        shown = carry_base(form(request.POST), request)
        status = 200 if shown.is_valid() else 422
        return render(request, FORM, context | {"form": shown}, status=status)
    edit = Edit(f"text:{occasion}:{channel}", user.pk)
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)


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
