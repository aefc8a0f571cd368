"""Where the scores of the journey's nodes come from: a registry of sources (SVC-62).

A source returns for each node its score from 0 to 100, over how many rows, how many of them are
bad, and the address that lists those. Other parts register theirs, surveys for example.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import User
from customers.models import LeadClock
from customers.rules.axes import ClockKind
from service.experience.rules import Measure, Node, NodeScore, score_of
from service.tickets.models import Ticket, TicketCallback
from service.tickets.rules import Stage, TicketKind

COMPLAINTS = (
    TicketKind.COMPLAINT.value,
    TicketKind.PRICE_DISPUTE.value,
    TicketKind.GROUP_COMPLAINT.value,
    TicketKind.CRISIS.value,
)
BAD_TICKET = Q(kind__in=COMPLAINTS) | Q(reopened__gt=0)


@dataclass(frozen=True, slots=True)
class Window:
    """The time and the eyes for which scores are taken; ``until`` does not belong to it."""

    since: datetime
    until: datetime
    user: User


Measures = Mapping[Node, Measure]


@dataclass(frozen=True, slots=True)
class NodeSource:
    """A source of scores: ``measure`` returns them, ``rows`` the bad rows behind one node."""

    key: str
    label: Any
    measure: Callable[[Window], Measures]
    rows: Callable[[Window, Node], Any] | None = None
    line: Callable[[Any], dict[str, Any]] | None = None


_sources: dict[str, NodeSource] = {}


def register_node_source(source: NodeSource) -> None:
    """Add a source; again replaces it."""
    _sources[source.key] = source


def forget_node_source(key: str) -> None:
    """Take a source out again."""
    _sources.pop(key, None)


def sources() -> list[NodeSource]:
    """Return the sources in the order of their keys."""
    return [_sources[key] for key in sorted(_sources)]


def source_of(key: str) -> NodeSource | None:
    """Return a source, None for an unknown one."""
    return _sources.get(key)


def node_scores(window: Window) -> list[NodeScore]:
    """Return every node of the journey in its order with its score and the measures behind it."""
    found = [source.measure(window) for source in sources()]
    return [score_of(node, [one[node] for one in found if node in one]) for node in Node]


def address(name: str, pk: int) -> str:
    """Return the address of a record, empty while no page shows it."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def rows_url(source: str, node: Node) -> str:
    """Return the address that lists the bad rows of a source at a node."""
    return reverse("service:journey-rows") + "?" + urlencode({"source": source, "node": node.value})


def measures_of(source: str, counted: Mapping[Node, tuple[int, int]]) -> dict[Node, Measure]:
    """Return measures from (bad rows, all rows) by node: the share that is not bad, in percent."""
    return {
        node: Measure(
            source=source,
            score=round(100 * (rows - bad) / rows, 1),
            rows=rows,
            bad=bad,
            url=rows_url(source, node),
        )
        for node, (bad, rows) in counted.items()
        if rows
    }


# Which tickets belong to which node: those before the purchase to the product, those of the sale
# to the service, those after it to the value; care and suggestions to loyalty.
LOYAL_KINDS = (TicketKind.SUGGESTION.value, TicketKind.CARE.value)
TICKET_NODES = (Node.PRODUCT, Node.SERVICE, Node.VALUE, Node.LOYAL)
STAGES = {Node.PRODUCT: Stage.PRE_SALE.value, Node.SERVICE: Stage.IN_SALE.value}


def tickets_of(node: Node, *, prefix: str = "") -> Q:
    """Return the condition of the tickets that belong to a node; none to the brand."""
    if node is Node.BRAND:
        return Q(pk__in=[])
    stage = Q(**{f"{prefix}stage": STAGES.get(node, Stage.AFTER_SALE.value)})
    loyal = Q(**{f"{prefix}kind__in": LOYAL_KINDS})
    if node in STAGES:
        return stage
    return stage & loyal if node is Node.LOYAL else stage & ~loyal


def _tickets(window: Window) -> Any:
    rows = Ticket.objects.visible_to(window.user).standing()
    return rows.filter(opened_at__gte=window.since, opened_at__lt=window.until)


def _measure_tickets(window: Window) -> Measures:
    parts = {node: tickets_of(node) for node in TICKET_NODES}
    return counted("tickets", _tickets(window), parts, BAD_TICKET)


def counted(source: str, rows: Any, parts: Mapping[Node, Q], bad: Q) -> Measures:
    """Return the measures of rows that fall into parts, all counted in one statement."""
    counts = rows.aggregate(
        **{f"{node.value}_all": Count("pk", filter=rule) for node, rule in parts.items()},
        **{f"{node.value}_bad": Count("pk", filter=rule & bad) for node, rule in parts.items()},
    )
    return measures_of(
        source,
        {node: (counts[f"{node.value}_bad"], counts[f"{node.value}_all"]) for node in parts},
    )


def _ticket_rows(window: Window, node: Node) -> Any:
    rule = tickets_of(node) & BAD_TICKET
    rows = _tickets(window).filter(rule).select_related("project")
    return rows.order_by("-opened_at", "-pk")


def _ticket_line(ticket: Any) -> dict[str, Any]:
    return {
        "title": f"{ticket.number} · {ticket.subject}",
        "note": f"{ticket.get_kind_display()} · {ticket.project}",
        "at": ticket.opened_at,
        "url": address("service:ticket-detail", ticket.pk),
    }


def _callbacks(window: Window) -> Any:
    seen = Ticket.objects.visible_to(window.user).standing()
    rows = TicketCallback.objects.filter(ticket__in=seen)
    return rows.filter(at__gte=window.since, at__lt=window.until)


UNSATISFIED = Q(is_satisfied=False)


def _measure_callbacks(window: Window) -> Measures:
    parts = {node: tickets_of(node, prefix="ticket__") for node in TICKET_NODES}
    return counted("callbacks", _callbacks(window), parts, UNSATISFIED)


def _callback_rows(window: Window, node: Node) -> Any:
    rule = tickets_of(node, prefix="ticket__") & UNSATISFIED
    rows = _callbacks(window).filter(rule).select_related("ticket__project")
    return rows.order_by("-at", "-pk")


def _callback_line(callback: Any) -> dict[str, Any]:
    return _ticket_line(callback.ticket) | {"note": callback.words, "at": callback.at}


def _first_touches(window: Window) -> Any:
    rows = LeadClock.objects.visible_to(window.user).filter(kind=ClockKind.FIRST_TOUCH.value)
    return rows.filter(due_at__gte=window.since, due_at__lt=window.until)


LATE = Q(breached_at__isnull=False) | Q(met_at__gt=F("due_at"))


def _measure_waiting(window: Window) -> Measures:
    found = _first_touches(window).aggregate(rows=Count("pk"), bad=Count("pk", filter=LATE))
    return measures_of("waiting", {Node.BRAND: (found["bad"], found["rows"])})


def _waiting_rows(window: Window, node: Node) -> Any:
    rows = _first_touches(window).filter(LATE if node is Node.BRAND else Q(pk__in=[]))
    return rows.select_related("lead__customer", "lead__project").order_by("-due_at", "-pk")


def _waiting_line(clock: Any) -> dict[str, Any]:
    lead = clock.lead
    return {
        "title": lead.customer.name,
        "note": str(lead.project),
        "at": clock.due_at,
        "url": address("customers:customer-detail", lead.customer_id),
    }


def register() -> None:
    """Make the sources of this app known."""
    for key, label, measure, rows, line in (
        (
            "tickets",
            _("Tickets that are no complaint and were not reopened"),
            _measure_tickets,
            _ticket_rows,
            _ticket_line,
        ),
        (
            "callbacks",
            _("Callbacks: solved and pleasant"),
            _measure_callbacks,
            _callback_rows,
            _callback_line,
        ),
        (
            "waiting",
            _("Enquiries first answered in time"),
            _measure_waiting,
            _waiting_rows,
            _waiting_line,
        ),
    ):
        register_node_source(NodeSource(key, label, measure, rows, line))
