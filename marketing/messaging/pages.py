"""What the pages of messaging share."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user

FORM: Final = "marketing/messaging/form.html"
SAVED: Final = _("Saved.")


def get_seen(request: HtmxHttpRequest, rows: Any, key: int) -> Any:
    """Return the row of a visible query; 404 where it is missing or out of scope."""
    found = rows.visible_to(current_user(request)).filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def saved(run: Callable[[], Any]) -> str:
    """Return the page of what ``run`` makes; what it refuses stands in the form."""
    try:
        made: Any = run()
    except RefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal
    return str(made.get_absolute_url())


def simple_form(
    request: HtmxHttpRequest, *, form: BaseForm, run: Callable[[Any], Any], context: dict[str, Any]
) -> HttpResponse:
    """Show a form and run a service with it; go to the page of what it returns."""
    return form_page(
        request,
        form=form,
        template=FORM,
        save=lambda valid: saved(lambda: run(valid)),
        context=context,
    )


def done(request: HtmxHttpRequest, url: str, words: Any = SAVED) -> HttpResponse:
    """Say that it worked and go on."""
    messages.success(request, str(words))
    return go_to(request, url)
