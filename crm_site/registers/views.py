"""Registers and their entries: the same pages for every definition."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, edit_page, form_page, list_page
from crm_site.common.refusals import NotAllowedError
from crm_site.registers.filters import filter_for
from crm_site.registers.forms import CloseForm, EntryForm, ReviewForm
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import RegisterDefinition, definition, definitions_for
from crm_site.registers.selectors import history, lines, summaries
from crm_site.registers.services import add_entry, change_entry, close_entry, review_entry
from crm_site.staff.current import current_user

DETAIL = "registers/entry_detail.html"
FORM = "registers/entry_form.html"
LIST = "registers/entry_list.html"
SORTS = {"due": ("due_at", "pk"), "latest": ("-pk",), "review": ("review_on", "pk")}


@require_safe
def register_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the registers one may look at, with what is open and late in each."""
    user = current_user(request)
    if not definitions_for(user):
        raise NotAllowedError(_("Your role does not include registers."))
    found = summaries(user, now=timezone.now())
    return render(request, "registers/register_list.html", {"registers": found})


@require_safe
def entry_list(request: HtmxHttpRequest, register: str) -> HttpResponse:
    """Show the entries of one register that the user may see, the most overdue first."""
    found, user, now = _definition(request, register), current_user(request), timezone.now()
    listing = Listing(
        template=LIST, sorts=SORTS, default_sort="due", filter_class=filter_for(found)
    )
    entries = RegisterEntry.objects.visible_to(user).of(found.key).select_related("owner")
    context = {
        "definition": found,
        "may_edit": user.has_perm(found.edit_permission),
        "overdue": entries.overdue(now=now).count(),
        "now": now,
    }
    return list_page(
        request,
        queryset=entries,
        listing=listing,
        present=lambda rows: lines(rows, user=user, now=now),
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent()
def entry_add(request: HtmxHttpRequest, register: str) -> HttpResponse:
    """Add an entry; about which subject, ``?subject=`` says."""
    found, user = _definition(request, register, edit=True), current_user(request)
    about = request.GET.get("subject", "")
    subject_id = int(about) if about.isascii() and about.isdecimal() and len(about) < 19 else None
    form = EntryForm(request.POST or None, definition=found, user=user, subject_id=subject_id)

    def save(valid: EntryForm) -> str:
        entry = add_entry(register=found.key, draft=valid.draft(), actor=user, now=timezone.now())
        return _url(entry)

    cancel = reverse("registers:entry-list", args=[found.key])
    context = {"definition": found, "title": _("Add an entry"), "cancel_url": cancel}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
def entry_detail(request: HtmxHttpRequest, entry_id: int) -> HttpResponse:
    """Show one entry: its fields, how to close it, its history."""
    return _detail(request, _entry(request, entry_id))


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent()
def entry_edit(request: HtmxHttpRequest, entry_id: int) -> HttpResponse:
    """Change an open entry; one changed meanwhile shows the three versions (A-49)."""
    entry, user = _entry(request, entry_id, edit=True), current_user(request)
    found = _definition(request, entry.register, edit=True)

    def form(data: Any) -> EntryForm:
        return EntryForm(data, definition=found, user=user, entry=entry)

    def save(valid: EntryForm) -> str:
        version = valid.cleaned_data["version"] or 0
        change_entry(
            entry=entry, draft=valid.draft(), version=version, actor=user, now=timezone.now()
        )
        return _url(entry)

    context = {"definition": found, "title": _("Change the entry"), "cancel_url": _url(entry)}
    return edit_page(
        request,
        edit=edit_of(entry, user),
        form=form,
        template=FORM,
        save=save,
        context=context,
    )


@require_POST
@idempotent()
def entry_close(request: HtmxHttpRequest, entry_id: int) -> HttpResponse:
    """End an entry with evidence."""
    entry = _entry(request, entry_id, edit=True)
    form = CloseForm(request.POST, definition=_definition(request, entry.register))
    actor, now = current_user(request), timezone.now()
    if _saved(form, lambda data: close_entry(entry=entry, actor=actor, now=now, **data)):
        messages.success(request, _("The entry is closed."))
        return go_to(request, _url(entry))
    return _detail(request, entry, close_form=form, status=UNPROCESSABLE)


@require_POST
@idempotent()
def entry_review(request: HtmxHttpRequest, entry_id: int) -> HttpResponse:
    """Note that the entry was looked at again."""
    entry = _entry(request, entry_id, edit=True)
    form = ReviewForm(request.POST)
    actor, now = current_user(request), timezone.now()
    if _saved(form, lambda data: review_entry(entry=entry, actor=actor, now=now, **data)):
        messages.success(request, _("The review is noted."))
        return go_to(request, _url(entry))
    return _detail(request, entry, review_form=form, status=UNPROCESSABLE)


def _saved(form: Form, save: Any) -> bool:
    """Run ``save`` with a valid form's data; put what it finds wrong into the form."""
    if not form.is_valid():
        return False
    try:
        save(form.cleaned_data)
    except ValidationError as error:
        add_errors(form, error)
        return False
    return True


def _detail(
    request: HtmxHttpRequest,
    entry: RegisterEntry,
    *,
    close_form: CloseForm | None = None,
    review_form: ReviewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    found = _definition(request, entry.register)
    context = {
        "definition": found,
        "line": lines([entry], user=user, now=now)[0],
        "entry": entry,
        "history": history(entry),
        "may_edit": user.has_perm(found.edit_permission) and entry.is_open,
        "close_form": close_form or CloseForm(definition=found),
        "review_form": review_form or ReviewForm(),
        "now": now,
    }
    return render_page(request, DETAIL, context, partial="body", status=status)


def _definition(
    request: HtmxHttpRequest, register: str, *, edit: bool = False
) -> RegisterDefinition:
    found, user = definition(register), current_user(request)
    if found is None:
        raise Http404
    if not user.has_perm(found.edit_permission if edit else found.view_permission):
        raise NotAllowedError(_("Your role does not keep this register."), code="register")
    return found


def _entry(request: HtmxHttpRequest, entry_id: int, *, edit: bool = False) -> RegisterEntry:
    user = current_user(request)
    if not definitions_for(user):
        raise NotAllowedError(_("Your role does not include registers."))
    rows = RegisterEntry.objects.visible_to(user).select_related("owner", "author")
    entry = rows.filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    _definition(request, entry.register, edit=edit)
    return entry


def _url(entry: RegisterEntry) -> str:
    return reverse("registers:entry-detail", args=[entry.pk])
