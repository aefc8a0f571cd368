"""How customer lists are narrowed; shared by the pages and the API."""

from datetime import datetime, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.filter_bars import LeanFilterSet
from crm_site.staff.models import OrgNode, User
from customers import choices
from customers.axis_filters import AxisFilter, strata_choices
from customers.models import Customer, Interaction, Lead, LeadClock, Project, Task
from customers.month_filters import MonthFilter
from customers.querysets import BUYING_CLASSES
from customers.rules.axes import OPEN_LEAD_STATES
from customers.services.lookups import note_phone_search
from customers.tag_filters import TagFilter, tag_choices

DUE = [
    ("overdue", _("Follow-up overdue")),
    ("today", _("Follow-up due today")),
    ("none", _("No next step")),
]
CLOCKS = [
    ("running", _("Running")),
    ("breached", _("Breached")),
]
# What the choices of project, region and consultant are made of, in one look.
PLACES = """
SELECT md5(concat_ws('/',
    (SELECT string_agg(
            concat_ws(' ', n.id, p.code, p.name, n.kind, n.name, n.code), ',' ORDER BY n.id)
        FROM staff_orgnode n LEFT JOIN customers_project p ON p.node_id = n.id
        WHERE n.kind IN ('region', 'project')),
    (SELECT string_agg(concat_ws(' ', u.id, u.name, u.username, u.node_id), ',' ORDER BY u.id)
        FROM staff_user u LEFT JOIN staff_orgnode n ON n.id = u.node_id
        WHERE u.is_active AND u.role IN ('consultant', 'supervisor')
            AND (%(region)s::bigint IS NULL OR n.region_id = %(region)s)
            AND (%(project)s::bigint IS NULL OR n.project_id = %(project)s))
))
"""


def end_of_today(now: datetime) -> datetime:
    """Return the coming midnight in the active time zone."""
    local = timezone.localtime(now)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def visible_projects(request: Any) -> QuerySet[Project]:
    user = getattr(request, "user", None)
    node = getattr(user, "node", None)
    if node is None:
        return Project.objects.none()
    if node.project_id:
        return Project.objects.filter(pk=node.project_id)
    if node.region_id:
        return Project.objects.filter(node__region_id=node.region_id)
    return Project.objects.all()


def visible_regions(request: Any) -> QuerySet[OrgNode]:
    regions = OrgNode.objects.filter(kind="region")
    node = getattr(getattr(request, "user", None), "node", None)
    if node is None:
        return regions.none()
    return regions.filter(pk=node.region_id) if node.region_id else regions


def visible_owners(request: Any) -> QuerySet[User]:
    sellers = User.objects.filter(is_active=True, role__in=["consultant", "supervisor"])
    node = getattr(getattr(request, "user", None), "node", None)
    if node is None:
        return sellers.none()
    if node.kind == "team":
        return sellers.filter(node=node)
    if node.project_id:
        return sellers.filter(node__project_id=node.project_id)
    if node.region_id:
        return sellers.filter(node__region_id=node.region_id)
    return sellers


class CustomerFilter(TagFilter, AxisFilter, MonthFilter, LeanFilterSet):
    """Filters of the customer list, none of which reveals a masked value (A-24)."""

    q = filters.CharFilter(method="by_text", label=_("Search"), max_length=80)
    grade = filters.MultipleChoiceFilter(
        field_name="grading__grade",
        choices=choices.GRADES,
        label=_("Grade"),
        widget=forms.CheckboxSelectMultiple,
        distinct=False,
    )
    customer_class = filters.ChoiceFilter(choices=choices.CUSTOMER_CLASSES, label=_("Class"))
    state = filters.ChoiceFilter(
        choices=choices.LEAD_STATES, method="by_lead_state", label=_("Lead state")
    )
    project = filters.ModelChoiceFilter(queryset=visible_projects, label=_("Project"))
    owner = filters.ModelChoiceFilter(queryset=visible_owners, label=_("Consultant"))
    source = filters.CharFilter(field_name="source", label=_("Source"), max_length=60)
    intent = filters.ChoiceFilter(choices=choices.INTENTS, label=_("Intent"))
    due = filters.ChoiceFilter(choices=DUE, method="by_due", label=_("Next step"))
    clock = filters.ChoiceFilter(choices=CLOCKS, method="by_clock", label=_("Time limit"))
    clock_kind = filters.ChoiceFilter(
        choices=choices.CLOCK_KINDS, method="by_clock_kind", label=_("Kind of time limit")
    )
    pool = filters.BooleanFilter(
        field_name="owner", lookup_expr="isnull", label=_("In the customer pool")
    )
    is_unreachable = filters.BooleanFilter(label=_("Unreachable"))
    region = filters.ModelChoiceFilter(queryset=visible_regions, label=_("Region"))
    bought = filters.BooleanFilter(method="by_bought", label=_("Buyer"))
    has_open_lead = filters.BooleanFilter(method="by_open_lead", label=_("Open prospect"))

    class Meta:
        model = Customer
        fields: list[str] = []

    @classmethod
    def choices_stamp(cls, request: Any) -> str:
        """Return a text that changes with the choices the asker is offered."""
        node = request.user.node
        if node is None:
            return f"{tag_choices()} {strata_choices()}"
        with connection.cursor() as cursor:
            cursor.execute(PLACES, {"region": node.region_id, "project": node.project_id})
            (places,) = cursor.fetchone()
        return f"{node.pk} {node.kind} {places} {tag_choices()} {strata_choices()}"

    def by_text(self, queryset: Any, _name: str, value: str) -> Any:
        """Return customers found by name, pinyin initials, full phone or its last four digits."""
        note_phone_search(text=value, actor=self.request.user, now=timezone.now())
        return queryset.search(value)

    def by_lead_state(self, queryset: Any, _name: str, value: str) -> Any:
        """Return customers with a lead in this state."""
        return queryset.with_lead_state(value)

    def by_bought(self, queryset: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- given by the library
        """Return the customers who have bought, or all others."""
        bought = Q(customer_class__in=BUYING_CLASSES)
        return queryset.filter(bought if value else ~bought)

    def by_open_lead(self, queryset: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- given by the library
        """Return the customers with an open lead, or those without."""
        hopes = Exists(Lead.objects.open().filter(customer=OuterRef("pk")))
        return queryset.filter(hopes if value else ~hopes)

    def by_due(self, queryset: Any, _name: str, value: str) -> Any:
        """Return customers by what is open for them."""
        now = timezone.now()
        tasks = Task.objects.open().filter(customer=OuterRef("pk"))
        if value == "overdue":
            return queryset.filter(Exists(tasks.filter(due_at__lt=now)))
        if value == "today":
            return queryset.filter(Exists(tasks.filter(due_at__lt=end_of_today(now))))
        return queryset.filter(~Exists(tasks))

    def by_clock(self, queryset: Any, _name: str, value: str) -> Any:
        """Return customers with a time limit that still runs, or that was missed and is unmet."""
        clocks = LeadClock.objects.filter(
            lead__customer=OuterRef("pk"),
            lead__state__in=[state.value for state in OPEN_LEAD_STATES],
            state=value,
            met_at__isnull=True,
        )
        kind = self.data.get("clock_kind")
        return queryset.filter(Exists(clocks.filter(kind=kind) if kind else clocks))

    def by_clock_kind(self, queryset: Any, _name: str, _value: str) -> Any:
        """Return the same rows; the kind narrows ``by_clock``."""
        return queryset


class LeadFilter(filters.FilterSet):
    """Filters of the lead list."""

    state = filters.ChoiceFilter(choices=choices.LEAD_STATES, label=_("Lead state"))
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    project = filters.ModelChoiceFilter(queryset=visible_projects, label=_("Project"))
    owner = filters.ModelChoiceFilter(queryset=visible_owners, label=_("Consultant"))
    source = filters.CharFilter(label=_("Source"), max_length=60)

    class Meta:
        model = Lead
        fields: list[str] = []


class InteractionFilter(filters.FilterSet):
    """Filters of the interaction list; an unknown customer and a hidden one give no rows alike."""

    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    channel = filters.ChoiceFilter(choices=choices.CHANNELS, label=_("Channel"))
    result = filters.ChoiceFilter(choices=choices.RESULTS, label=_("Result"))

    class Meta:
        model = Interaction
        fields: list[str] = []


class TaskFilter(filters.FilterSet):
    """Filters of the task list."""

    state = filters.ChoiceFilter(choices=choices.TASK_STATES, label=_("State"))
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    owner = filters.ModelChoiceFilter(queryset=visible_owners, label=_("Consultant"))
    overdue = filters.BooleanFilter(method="by_overdue", label=_("Overdue"))

    class Meta:
        model = Task
        fields: list[str] = []

    def by_overdue(self, queryset: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- given by the library
        """Return the open tasks whose time has passed, or all others."""
        late = queryset.overdue(now=timezone.now())
        return late if value else queryset.exclude(pk__in=late.values("pk"))
