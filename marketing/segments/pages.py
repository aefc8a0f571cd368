"""What the pages of segments share: finding a record, and forms that run a service."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.utils import timezone

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import form_page
from crm_site.staff.current import current_user

FORM: Final = "marketing/segments/form.html"


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
    done: Any = "",
) -> HttpResponse:
    """Show a form and run a service with what was typed; ValidationErrors stand in the form."""

    def save(valid: Any) -> str:
        run(valid.cleaned_data)
        if done:
            messages.success(request, done)
        return back

    context = {"title": title, "cancel_url": back}
    return form_page(request, form=form, template=FORM, save=save, context=context)
