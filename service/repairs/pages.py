"""What the pages of repairs and experience share: finding a record, a form that runs a service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpResponse

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError

FORM = "service/repairs/form.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The page around a form: its title, where it belongs, what the button says."""

    title: Any
    up: tuple[Any, str]
    submit: Any
    done: Any
    lead: Any = ""
    has_file: bool = False

    def context(self) -> dict[str, Any]:
        """Return what the template of a form reads."""
        return {
            "title": self.title,
            "up_label": self.up[0],
            "up_url": self.up[1],
            "cancel_url": self.up[1],
            "submit_label": self.submit,
            "lead": self.lead,
            "has_file": self.has_file,
        }


def found_or_404(rows: "QuerySet[Any]", pk: int) -> Any:
    """Return the row with the key; 404 where it is missing or out of scope."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def run_form(
    request: HtmxHttpRequest, *, form: BaseForm, sheet: Sheet, run: Callable[[Any], Any]
) -> HttpResponse:
    """Show a form and run a service with it; what the service refuses stands in the form.

    ``run`` may return an address to go to in place of the page above.
    """
    return form_page(
        request, form=form, template=FORM, save=saver(request, sheet, run), context=sheet.context()
    )


def saver(
    request: HtmxHttpRequest, sheet: Sheet, run: Callable[[Any], Any]
) -> Callable[[Any], str]:
    """Return what saves a valid form: ``run``, its refusals as errors of the form, a message."""

    def save(valid: Any) -> str:
        try:
            target = run(valid)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, str(sheet.done))
        return target if isinstance(target, str) else sheet.up[1]

    return save
