"""What the pages of cases share."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.winback.models import WinbackCase
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user

FORM: Final = "analytics/winback/form.html"
SAVED: Final = _("Saved.")


def get_case(request: HtmxHttpRequest, churn_case_id: int) -> WinbackCase:
    """Return the case; 404 where it is missing or of a customer out of scope."""
    rows = WinbackCase.objects.visible_to(current_user(request)).for_list()
    found: WinbackCase | None = (
        rows.select_related("approval", "planned_by", "spending", "customer__owner__node")
        .filter(pk=churn_case_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def case_form(  # noqa: PLR0913 -- one flat call, keyword-only
    request: HtmxHttpRequest,
    *,
    case: WinbackCase,
    form: BaseForm,
    title: Any,
    run: Callable[[Any], Any],
    lead: Any = "",
    submit: Any = "",
    template: str = FORM,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show a form about a case and run a service with it; what it refuses stands in the form."""

    def save(valid: Any) -> str:
        try:
            run(valid)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, SAVED)
        return case.get_absolute_url()

    values = context_of(case, title, lead=lead, submit=submit) | (context or {})
    return form_page(request, form=form, template=template, save=save, context=values)


def context_of(
    case: WinbackCase, title: Any, *, lead: Any = "", submit: Any = ""
) -> dict[str, Any]:
    """Return what a form page reads."""
    return {
        "title": title,
        "lead": lead,
        "case": case,
        "submit_label": submit or _("Save"),
        "cancel_url": case.get_absolute_url(),
        "cases_url": reverse("analytics:winback-cases"),
    }
