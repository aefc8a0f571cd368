"""What the pages of selling share: finding a record, forms that run a service, files."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.pages import edit_page, form_page
from crm_site.staff.current import current_user

FORM: Final = "marketing/selling/form.html"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def found_in(rows: Any, request: HtmxHttpRequest, pk: int, *joined: str) -> Any:
    """Return the record of those visible to the asker; 404 where there is none."""
    seen = rows.visible_to(current_user(request))
    found = (seen.select_related(*joined) if joined else seen).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def working(request: HtmxHttpRequest) -> dict[str, Any]:
    """Return who works and when, as every service takes it."""
    return {"actor": current_user(request), "now": timezone.now()}


def short_form(
    request: HtmxHttpRequest,
    *,
    form: BaseForm,
    run: Callable[[dict[str, Any]], Any],
    title: Any,
    back: str,
    submit: Any = "",
) -> HttpResponse:
    """Show a form and run a service with what was typed; ValidationErrors stand in the form.

    ``run`` may return a record, whose page comes next; else it is ``back``.
    """

    def save(valid: Any) -> str:
        found = run(valid.cleaned_data)
        return str(found.get_absolute_url()) if hasattr(found, "get_absolute_url") else back

    context = {"title": title, "cancel_url": back, "submit_label": submit}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def change_form(
    request: HtmxHttpRequest,
    *,
    row: Any,
    form: Callable[[Any], BaseForm],
    run: Callable[[Any], Any],
    title: Any = "",
    template: str = FORM,
) -> HttpResponse:
    """Show the form of a stored record and run a service with it, never over a change unseen."""
    here = row.get_absolute_url()

    def save(valid: Any) -> str:
        run(valid)
        return str(here)

    context = {"title": title or str(row), "cancel_url": here, "row": row}
    edit = edit_of(row, current_user(request))
    return edit_page(request, edit=edit, form=form, template=template, save=save, context=context)


def done(request: HtmxHttpRequest, row: Any, words: Any) -> HttpResponse:
    """Go to the page of a record after a button did its work, and say so."""
    messages.success(request, words)
    return go_to(request, row.get_absolute_url())


def saved(content: bytes, name: str) -> HttpResponse:
    """Return a workbook to be saved under a name."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
