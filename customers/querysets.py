"""The questions asked of customers, leads and tasks, limited to what a user may see."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.expressions import RawSQL

from crm_site.staff.rules.organisation import Scope
from customers.indexes import contact_index
from customers.rules.axes import OPEN_LEAD_STATES, CustomerClass, TaskState
from customers.search import asked_phone, name_condition, phone_condition

if TYPE_CHECKING:
    from crm_site.staff.models import User

VIEW = "customers.view_customer"
ACCEPTED = """ARRAY(SELECT customer_id FROM customers_customershare
    WHERE accepted_by_id = %s AND state = 'accepted')"""
NODE_COLUMN = {Scope.TEAM: "team_id", Scope.PROJECT: "project_id", Scope.REGION: "region_id"}
BUYING_CLASSES = [
    each.value
    for each in CustomerClass
    if each not in (CustomerClass.POTENTIAL, CustomerClass.INTENT)
]

# What the list page prints, masks by and sorts by.
TABLE_COLUMNS = (
    *("name", "sort_key", "phone", "customer_class", "source", "budget_min", "budget_max"),
    *("last_contact_at", "is_unreachable", "backup_id", "grading__grade"),
    *("owner__name", "project__name", "managed_estate"),
)


def scope_filter(user: Any, *, prefix: str = "") -> Q | None:
    """Return the condition that ``user``'s scope puts on customer columns; ``None`` for all.

    Own scope: the customers one owns or backs up, those another project offered and one accepted,
    and the pool of one's project (PLT-02).
    """
    scope = user.role_definition.scope if user.is_authenticated else Scope.NONE
    if not user.has_perm(VIEW) or scope is Scope.NONE:
        return Q(pk__in=[])
    if scope is Scope.COMPANY:
        return None
    node = user.node
    if node is None:
        return Q(pk__in=[])
    if scope is Scope.OWN:
        pool = {f"{prefix}owner__isnull": True, f"{prefix}project_id": node.project_id}
        own = Q(**{f"{prefix}owner": user}) | Q(**{f"{prefix}backup": user})
        return own | Q(**pool) | _taken_over(user, prefix)
    return Q(**{f"{prefix}{NODE_COLUMN[scope]}": node.pk})


class IsAnyOf(Func):
    """Whether the first expression is an element of the array that is the second one."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = models.BooleanField()
    conditional = True


def _taken_over(user: Any, prefix: str) -> Q:
    """Return the condition of customers whose offer ``user`` accepted (CUS-53).

    As an array, which is read once and looked up by the primary key, so that lists stay fast.
    """
    accepted = RawSQL(ACCEPTED, [user.pk])  # noqa: S611 -- a constant of the code
    return Q(IsAnyOf(F(f"{prefix}pk"), accepted))


class CustomerQuerySet(models.QuerySet[Any]):
    """Questions about customers."""

    def visible_to(self, user: Any) -> Self:
        """Return the customers ``user`` may see; none for anonymous or roles without the right."""
        condition = scope_filter(user)
        standing = self.filter(merged_into__isnull=True)
        return standing if condition is None else standing.filter(condition)

    def in_pool(self) -> Self:
        """Return the customers nobody is responsible for."""
        return self.filter(owner__isnull=True)

    def owned_by(self, user: "User") -> Self:
        """Return the customers ``user`` is responsible for or backs up."""
        return self.filter(Q(owner=user) | Q(backup=user))

    def for_list(self) -> Self:
        """Return what the list page shows: owner, project and grade in the same query."""
        return self.select_related("owner", "project", "grading")

    def with_tags(self) -> Self:
        """Return the customers with their tags, one more query for all of them."""
        rows = self.model.tag_rows.rel.related_model.objects.select_related("tag")
        ordered = rows.order_by("tag__group", "tag__name")
        return self.prefetch_related(models.Prefetch("tag_rows", queryset=ordered))

    def for_table(self, *more: str) -> Self:
        """Return ``for_list`` with the columns of the table only; nothing else is decrypted."""
        return self.for_list().only(*TABLE_COLUMNS, *more)

    def for_pool(self) -> Self:
        """Return ``for_table`` with what the pool shows besides."""
        return self.for_list().only(*TABLE_COLUMNS, "pooled_at", "pool_reason", "hidden_until")

    def search(self, text: str) -> Self:
        """Return the customers that ``text`` asks for; all of them when it is blank.

        A whole phone number finds its holder, also by a second phone; four digits find the
        numbers that end so, and names that hold them; other text finds names by part, pinyin or
        initials (``zs`` for 张三). Part of a phone number finds nothing, so that no masked digit
        can be tried out (A-24). ``services.lookups.search_customers`` counts such questions.
        """
        asked = text.strip()
        if not asked:
            return self
        if asked_phone(asked) is not None:
            return self.filter(pk__in=self._holders(asked))
        by_tail = phone_condition(asked)
        by_name = name_condition(asked)
        return self.filter(by_name if by_tail is None else by_tail | by_name)

    def _holders(self, phone: str) -> Any:
        """Return the ids of those who have this number as first or as further phone."""
        everyone = self.model._default_manager
        e164 = asked_phone(phone)
        second = everyone.filter(contacts__value_index=contact_index("phone", str(e164)))
        return everyone.filter(phone_condition(phone)).values("pk").union(second.values("pk"))

    def with_lead_state(self, state: str) -> Self:
        """Return the customers with a lead in ``state``."""
        return self.filter(
            models.Exists(
                self.model.leads.rel.related_model.objects.filter(
                    customer=models.OuterRef("pk"), state=state
                )
            )
        )

    def bought(self) -> Self:
        """Return the customers who have bought at least once."""
        return self.filter(customer_class__in=BUYING_CLASSES)

    def with_open_lead(self) -> Self:
        """Return the customers somebody still hopes to sell to: those with an open lead."""
        leads = self.model.leads.rel.related_model.objects
        return self.filter(models.Exists(leads.open().filter(customer=models.OuterRef("pk"))))


class BelongsToCustomer(models.QuerySet[Any]):
    """Rows that are seen by whoever sees their customer."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows whose customer ``user`` may see."""
        condition = scope_filter(user, prefix="customer__")
        return self if condition is None else self.filter(condition)


class LeadQuerySet(BelongsToCustomer):
    """Questions about leads."""

    def open(self) -> Self:
        """Return leads neither signed nor lost."""
        return self.filter(state__in=[s.value for s in OPEN_LEAD_STATES])


class LeadClockQuerySet(models.QuerySet[Any]):
    """Questions about the clocks of leads."""

    def visible_to(self, user: Any) -> Self:
        """Return the clocks of customers ``user`` may see."""
        condition = scope_filter(user, prefix="lead__customer__")
        return self if condition is None else self.filter(condition)

    def running(self) -> Self:
        """Return clocks that still run, whether or not already past due."""
        return self.filter(state__in=["running", "breached"], met_at__isnull=True)


class InteractionQuerySet(BelongsToCustomer):
    """Questions about interactions."""


class CustomerRowQuerySet(BelongsToCustomer):
    """Questions about rows that belong to one customer and need nothing more."""


class RelationQuerySet(models.QuerySet[Any]):
    """Questions about ties between customers."""

    def visible_to(self, user: Any) -> Self:
        """Return the ties both ends of which ``user`` may see."""
        for prefix in ("customer__", "other__"):
            condition = scope_filter(user, prefix=prefix)
            self = self if condition is None else self.filter(condition)
        return self


class MeetingQuerySet(models.QuerySet[Any]):
    """Questions about meetings and visits."""

    def visible_to(self, user: Any) -> Self:
        """Return one's own meetings and those with a customer one may see."""
        if not user.is_authenticated:
            return self.none()
        condition = scope_filter(user)
        if condition is None:
            return self
        seen = self.model.guests.rel.related_model.objects.filter(
            scope_filter(user, prefix="customer__"), meeting=models.OuterRef("pk")
        )
        return self.filter(Q(owner=user) | models.Exists(seen))


class TaskQuerySet(models.QuerySet[Any]):
    """Questions about tasks."""

    def visible_to(self, user: Any) -> Self:
        """Return tasks of one's own and of customers one may see."""
        condition = scope_filter(user, prefix="customer__")
        if condition is None:
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(owner=user) | condition)

    def open(self) -> Self:
        """Return tasks still to be done."""
        return self.filter(state=TaskState.OPEN.value)

    def overdue(self, *, now: datetime) -> Self:
        """Return open tasks whose time has passed."""
        return self.open().filter(due_at__lt=now)
