"""The organisation as a tree: head office, regions, projects, teams."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.staff.current import current_user
from crm_site.staff.forms import NodeForm
from crm_site.staff.models import OrgNode
from crm_site.staff.services import create_node


@dataclass(frozen=True, slots=True)
class Branch:
    """A place with how many people work there and the places below it."""

    node: OrgNode
    people: int
    below: list["Branch"]


@permission_required("staff.manage_users", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent()
def organisation(request: HttpRequest) -> HttpResponse:
    """Show the tree; create a place."""

    def save(form: NodeForm) -> str:
        values = {"parent": None} | form.cleaned_data
        create_node(kind=form.level, **values, actor=current_user(request), now=timezone.now())
        return reverse("staff:organisation")

    form = NodeForm(request.POST or None)
    context = {"branches": tree()}
    return form_page(
        request, form=form, template="staff/organisation.html", save=save, context=context
    )


def tree() -> list[Branch]:
    """Return the places without a parent, each with those below it; one query."""
    active = Count("staff", filter=Q(staff__is_active=True))
    below: dict[int | None, list[OrgNode]] = defaultdict(list)
    for node in OrgNode.objects.annotate(people=active).order_by("code"):
        below[node.parent_id].append(node)

    def grow(key: int | None) -> list[Branch]:
        return [Branch(node, node.people, grow(node.pk)) for node in below[key]]  # type: ignore[attr-defined]

    return grow(None)
