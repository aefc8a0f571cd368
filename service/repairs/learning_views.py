"""The pages of learning: which defects come back, the rows, requests, lessons of a launch."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from crm_site.staff.selectors import colleagues_of
from customers.models import Project
from service.repairs import improvements, learning, lessons
from service.repairs.forms import long_text
from service.repairs.pages import Sheet, found_or_404, run_form
from service.repairs.policies import LEARNING
from service.repairs.views import FORM_METHODS, VIEW
from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import TicketKind

COMPLAINTS = "complaints"
COMPLAINT_KINDS = [TicketKind.COMPLAINT.value, TicketKind.PRICE_DISPUTE.value]
SOURCE_WORDS = {
    learning.DEFECTS: gettext_lazy("Defects of inspections"),
    learning.REPAIRS: gettext_lazy("Repairs of owners"),
    COMPLAINTS: gettext_lazy("Complaints"),
}
DIMENSION_WORDS = {
    **lessons.KINDS,
    "cause": gettext_lazy("Cause"),
    "category": pgettext_lazy("ticket", "Class"),
}
ROWS = Listing(
    template="service/repairs/learning_rows.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a page is about: a source, a dimension, and one value of it or none."""

    source: str
    dimension: str
    value: str = ""
    came_back: bool = False

    @property
    def query(self) -> str:
        """The choice as a query string."""
        given = {"source": self.source, "dimension": self.dimension, "value": self.value}
        return urlencode(given | ({"back": "1"} if self.came_back else {}))


def _choice(request: HtmxHttpRequest) -> Choice:
    query = request.GET
    source = query.get("source", learning.DEFECTS)
    if source not in SOURCE_WORDS:
        raise Http404
    allowed = ("cause", "category") if source == COMPLAINTS else learning.DIMENSIONS
    dimension = query.get("dimension", allowed[0])
    if dimension not in allowed:
        raise Http404
    value = query.get("value", "")[:40]
    needs_number = dimension not in ("trade", "layout")
    if value and needs_number and not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise Http404
    return Choice(source, dimension, value, query.get("back") == "1")


def _cases(source: str, user: User) -> Any:
    if source == COMPLAINTS:
        return Ticket.objects.visible_to(user).standing().filter(kind__in=COMPLAINT_KINDS)
    return learning.cases_of(source, lambda rows: rows.visible_to(user))


@require_safe
@permission_required(VIEW, raise_exception=True)
def learning_page(request: HtmxHttpRequest) -> HttpResponse:
    """Show which groups of defects come back beyond chance, and what complaints are caused by."""
    user, chosen = current_user(request), _choice(request)
    cases = _cases(chosen.source, user)
    fewest = in_force(LEARNING, at=timezone.now()).value.fewest_cases
    context = {
        "chosen": chosen,
        "tabs": [(key, word, key == chosen.source) for key, word in SOURCE_WORDS.items()],
        "dimensions": [
            (key, DIMENSION_WORDS[key], key == chosen.dimension)
            for key in (
                ("cause", "category") if chosen.source == COMPLAINTS else learning.DIMENSIONS
            )
        ],
        "fewest": fewest,
        "is_counted": chosen.source == COMPLAINTS,
        "groups": _counts(chosen, cases)
        if chosen.source == COMPLAINTS
        else _shares(chosen, cases, fewest),
        "may_ask": user.has_perm(improvements.ANSWER),
    }
    return render_page(request, "service/repairs/learning.html", context)


def _shares(chosen: Choice, cases: Any, fewest: int) -> list[dict[str, Any]]:
    found = learning.groups(chosen.source, chosen.dimension, cases=cases, fewest=fewest)
    return [
        {
            "group": group,
            "rate": _percent(group.share.rate),
            "low": _percent(group.share.low),
            "high": _percent(group.share.high),
            "base": _percent(group.base.rate),
            "query": Choice(chosen.source, chosen.dimension, group.value).query,
            "back_query": Choice(
                chosen.source, chosen.dimension, group.value, came_back=True
            ).query,
        }
        for group in found
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _counts(chosen: Choice, cases: Any) -> list[dict[str, Any]]:
    name = chosen.dimension
    rows = (
        cases.order_by()
        .filter(~Q(**{f"{name}__isnull": True}))
        .values(name, f"{name}__name")
        .annotate(cases=Count("pk"))
        .order_by("-cases", name)
    )
    return [
        {
            "label": row[f"{name}__name"],
            "cases": row["cases"],
            "query": Choice(chosen.source, name, str(row[name])).query,
        }
        for row in rows
    ]


@require_safe
@permission_required(VIEW, raise_exception=True)
def learning_rows(request: HtmxHttpRequest) -> HttpResponse:
    """List the cases that a figure counts."""
    user, chosen = current_user(request), _choice(request)
    cases = _cases(chosen.source, user)
    if chosen.source == COMPLAINTS:
        rows = cases.filter(**{chosen.dimension: chosen.value or 0})
        joined: tuple[str, ...] = ("project", "unit__building")
    else:
        rows = learning.rows_of(
            chosen.source,
            chosen.dimension,
            chosen.value or "0",
            cases=cases,
            came_back=chosen.came_back,
        )
        joined = JOINED[chosen.source]
    context = {"chosen": chosen, "total": rows.count(), "title": SOURCE_WORDS[chosen.source]}
    return list_page(
        request,
        queryset=rows.select_related(*joined),
        listing=ROWS,
        present=LINES[chosen.source],
        context=context,
    )


JOINED: dict[str, tuple[str, ...]] = {
    learning.DEFECTS: ("delivery__unit__building", "delivery__unit__project"),
    learning.REPAIRS: ("ticket__project", "ticket__unit__building"),
}


def _defect_lines(rows: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": row.text,
            "url": reverse("customers:delivery-inspection", args=[row.delivery_id]),
            "project": row.delivery.unit.project,
            "unit": row.delivery.unit,
            "times": row.failures,
        }
        for row in rows
    ]


def _repair_lines(rows: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": row.ticket.subject,
            "url": reverse("service:repair-detail", args=[row.pk]),
            "project": row.ticket.project,
            "unit": row.ticket.unit,
            "times": row.refusals + row.reopened,
        }
        for row in rows
    ]


def _complaint_lines(rows: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": f"{row.number} · {row.subject}",
            "url": reverse("service:ticket-detail", args=[row.pk]),
            "project": row.project,
            "unit": row.unit,
            "times": row.reopened,
        }
        for row in rows
    ]


LINES = {
    learning.DEFECTS: _defect_lines,
    learning.REPAIRS: _repair_lines,
    COMPLAINTS: _complaint_lines,
}


class AskForm(forms.Form):
    """A request for a better product."""

    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=Project.objects.none())
    target = forms.ChoiceField(label=gettext_lazy("Who answers"), choices=improvements.TARGETS)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Responsible for the answer"), queryset=User.objects.none()
    )
    title = forms.CharField(label=gettext_lazy("What should become better"), max_length=200)
    found = forms.CharField(
        label=gettext_lazy("What the figures say"), max_length=1000, widget=long_text()
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects: Any = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user).select_related("node__parent")
        people: Any = self.fields["owner"]
        people.queryset = colleagues_of(user).filter(role__in=improvements.ANSWERERS)
        people.label_from_instance = lambda one: f"{one.name} · {_(one.role_definition.label)}"

    def clean(self) -> dict[str, Any]:
        """Refuse somebody of another region."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        project, owner = data.get("project"), data.get("owner")
        if project and owner and not improvements.answerers(project).filter(pk=owner.pk).exists():
            raise ValidationError({"owner": _("Choose somebody of the project's region.")})
        return data


@require_http_methods(FORM_METHODS)
@permission_required(improvements.ANSWER, raise_exception=True)
@idempotent()
def improvement_ask(request: HtmxHttpRequest) -> HttpResponse:
    """Turn a figure into a request with an answer due (SVC-40)."""
    user, chosen = current_user(request), _choice(request)
    initial = {"found": _in_words(chosen, user)} if chosen.value else {}
    form = AskForm(request.POST or None, user=user, initial=initial)

    def run(valid: AskForm) -> str:
        entry = improvements.ask(
            request=improvements.Request(**valid.cleaned_data), actor=user, now=timezone.now()
        )
        return reverse("registers:entry-detail", args=[entry.pk])

    sheet = Sheet(
        title=_("Ask for an improvement"),
        up=(_("Learning from defects"), reverse("service:learning")),
        submit=_("Ask"),
        done=_("The request is written; its answer is due by the policy."),
    )
    return run_form(request, form=form, sheet=sheet, run=run)


def _in_words(chosen: Choice, user: User) -> str:
    cases = _cases(chosen.source, user)
    if chosen.source == COMPLAINTS:
        label = TicketCategory.objects.filter(pk=chosen.value).values_list("name", flat=True)
        count = cases.filter(**{chosen.dimension: chosen.value}).count()
        words = {"source": SOURCE_WORDS[COMPLAINTS], "label": label.first(), "count": count}
        return _("%(source)s, %(label)s: %(count)s") % words
    fewest = in_force(LEARNING, at=timezone.now()).value.fewest_cases
    rows = learning.groups(chosen.source, chosen.dimension, cases=cases, fewest=fewest)
    group = next((one for one in rows if one.value == chosen.value), None)
    if group is None:
        return ""
    return _("%(source)s, %(label)s: %(hits)s of %(cases)s came back; all others %(base)s %%") % {
        "source": SOURCE_WORDS[chosen.source],
        "label": group.label,
        "hits": group.share.hits,
        "cases": group.share.cases,
        "base": _percent(group.base.rate),
    }


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_lessons(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show what earlier projects teach a project, and how its design deals with it."""
    user = current_user(request)
    project = found_or_404(Project.objects.visible_to(user), project_id)
    context = {
        "project": project,
        "lines": lessons.lines_for(project),
        "may_deal": user.has_perm(improvements.ANSWER),
    }
    return render_page(request, "service/repairs/lessons.html", context)


@require_POST
@permission_required(improvements.ANSWER, raise_exception=True)
@idempotent()
def lesson_deal(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Note how the design of a project deals with a lesson."""
    user = current_user(request)
    project = found_or_404(Project.objects.visible_to(user), project_id)
    lessons.deal_with(
        project=project,
        key=request.POST.get("lesson", "")[:40],
        note=request.POST.get("note", ""),
        actor=user,
        now=timezone.now(),
    )
    messages.success(request, _("It is noted how the design deals with the lesson."))
    return go_to(request, reverse("service:project-lessons", args=[project.pk]))
