"""The trees of classes and the officers of the projects: managers edit them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page, form_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from service.tickets.choices import AXES, KINDS
from service.tickets.models import TicketCategory
from service.tickets.services.officers import handling_staff, name_officer, officer_lines
from service.tickets.services.tree import install_usual_tree
from service.tickets.tree_forms import CategoryForm, OfficerForm
from service.tickets.views import FORM, LEAD, as_form_error


@require_safe
@permission_required(LEAD, raise_exception=True)
def category_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the trees of classes, one for each kind and axis (SVC-07)."""
    rows = list(TicketCategory.objects.order_by("kind", "axis", "position", "pk"))
    below: dict[int, list[TicketCategory]] = {}
    for row in rows:
        if row.parent_id:
            below.setdefault(row.parent_id, []).append(row)
    trees = [
        {
            "key": f"{kind}-{axis}",
            "label": label,
            "axis": words,
            "rows": [
                (row, below.get(row.pk, []))
                for row in rows
                if (row.kind, row.axis, row.parent_id) == (kind, axis, None)
            ],
        }
        for kind, label in KINDS
        for axis, words in AXES
    ]
    context = {"trees": [tree for tree in trees if tree["rows"]]}
    return render(request, "service/tickets/classes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def category_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add a class."""
    initial = {name: request.GET.get(name, "") for name in ("kind", "axis", "parent")}
    form = CategoryForm(request.POST or None, initial={k: v for k, v in initial.items() if v})
    context = _about(_("Add a class"))
    return form_page(request, form=form, template=FORM, save=_saved(request), context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def category_edit(request: HtmxHttpRequest, ticket_category_id: int) -> HttpResponse:
    """Change a class, or take it out of use."""
    category = TicketCategory.objects.filter(pk=ticket_category_id).first()
    if category is None:
        raise Http404

    def form(data: Any) -> CategoryForm:
        return CategoryForm(data, instance=TicketCategory.objects.get(pk=category.pk))

    return edit_page(
        request,
        edit=edit_of(category, current_user(request)),
        form=form,
        template=FORM,
        save=_saved(request),
        context=_about(_("Change a class")),
    )


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def category_install(request: HtmxHttpRequest) -> HttpResponse:
    """Add the usual classes of real estate that are missing."""
    number = install_usual_tree()
    messages.success(request, _("%(count)s classes added.") % {"count": number})
    return go_to(request, reverse("service:ticket-classes"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def officer_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show who receives complaints and repairs in each project, and name them (SVC-30)."""
    user = current_user(request)
    people = User.objects.filter(pk__in=[each.pk for each in handling_staff(user)])
    initial = {name: request.GET.get(name, "") for name in ("project", "duty")}
    form = OfficerForm(
        request.POST or None, asker=user, people=people.order_by("name", "pk"), initial=initial
    )

    def save(valid: OfficerForm) -> str:
        found = valid.cleaned_data
        as_form_error(
            lambda: name_officer(
                project=found["project"],
                duty=found["duty"],
                officer=found["user"],
                actor=user,
                now=timezone.now(),
            )
        )
        messages.success(request, _("The officer is named."))
        return reverse("service:ticket-officers")

    lines = officer_lines(user)
    context = {
        "lines": lines,
        "missing": sum(line.officer is None for line in lines),
        "submit_label": _("Name the officer"),
    }
    template = "service/tickets/officers.html"
    return form_page(request, form=form, template=template, save=save, context=context)


def _saved(request: HtmxHttpRequest) -> Any:
    def save(valid: CategoryForm) -> str:
        valid.save()
        messages.success(request, _("The class is saved."))
        return reverse("service:ticket-classes")

    return save


def _about(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "submit_label": _("Save"),
        "cancel_url": reverse("service:ticket-classes"),
    }
