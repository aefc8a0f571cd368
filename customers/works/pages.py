"""What the pages of building share: finding a node, forms of a project that run a service."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.urls import reverse

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.models import Project
from customers.property.project_views import FORM
from customers.works.models import ConstructionNode


def get_node(request: HtmxHttpRequest, node_id: int) -> ConstructionNode:
    """Return the node; 404 when it is missing or not for this user's eyes."""
    rows = ConstructionNode.objects.visible_to(current_user(request))
    found: ConstructionNode | None = (
        rows.select_related("project__node", "building", "accepted_by").filter(pk=node_id).first()
    )
    if found is None:
        raise Http404
    return found


def node_url(node: ConstructionNode) -> str:
    """Return the address of a node's page."""
    return reverse("customers:node-detail", args=[node.pk])


def service_form(  # noqa: PLR0913 -- one flat call, keyword-only
    request: HtmxHttpRequest,
    *,
    project: Project,
    form: BaseForm,
    title: Any,
    back: str,
    run: Callable[[Any], Any],
    done: Any,
    lead: Any = "",
    has_file: bool = False,
) -> HttpResponse:
    """Show a form of a project and run a service with it; what it refuses stands in the form.

    ``run`` may return an address to go to in place of ``back``.
    """

    def save(valid: Any) -> str:
        try:
            target = run(valid)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, done)
        return target if isinstance(target, str) else back

    context = {
        "project": project,
        "title": title,
        "cancel_url": back,
        "lead": lead,
        "has_file": has_file,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)
