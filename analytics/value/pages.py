"""What the pages of value share: finding a record, forms that run a service, words of codes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.pages import form_page
from customers.journey.tried import tried

FORM = "analytics/value/form.html"
SAVED = _("Saved.")


def service_form(  # noqa: PLR0913 -- one flat call, keyword-only
    request: HtmxHttpRequest,
    *,
    form: BaseForm,
    title: Any,
    crumb: tuple[str, Any],
    run: Callable[[Any], Any],
    lead: Any = "",
    done: Any = SAVED,
) -> HttpResponse:
    """Show a form and run a service with it; what it refuses stands in the form.

    ``run`` may return an address to go to in place of the page above, which is ``crumb``.
    """

    def save(valid: Any) -> str:
        target = tried(lambda: run(valid))
        messages.success(request, done)
        return target if isinstance(target, str) else crumb[0]

    context = {
        "title": title,
        "lead": lead,
        "crumb_url": crumb[0],
        "crumb": crumb[1],
        "cancel_url": crumb[0],
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def act(
    request: HtmxHttpRequest, run: Callable[[], Any], *, back: str, done: Any = SAVED
) -> HttpResponse:
    """Run a service for a button and go back; its refusal is answered with 409."""
    run()
    messages.success(request, done)
    return go_to(request, back)


def to(name: str, *args: Any) -> str:
    """Return the address of a page of value."""
    return reverse(f"analytics:{name}", args=args)
