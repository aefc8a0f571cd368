"""Finding which promise a complaint is about, among those made to its writer (BEY-06, SVC-36)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from crm_site.registers.models import RegisterEntry
from customers.claims.ledger import claims_of
from customers.models import Project
from customers.promises import PROMISE, PROMISES, SUBJECT
from service.groups.rules.promises import named_promise
from service.groups.rules.text import HEAD, digest_text, pairs_of
from service.tickets.models import Ticket

LONGEST = 200
Promises = Mapping[str, frozenset[str]]


def promised(tickets: Iterable[Ticket], project: Project) -> dict[int, str]:
    """Return for each ticket of a project the promise it is about, as its bare words.

    What is claimed about the whole project was promised to everybody, what a claim of the ledger
    names a purchase for to its buyer, and what stands in the register of promises to its customer.
    The same words promised to several are one promise. Two statements, however many tickets.
    """
    rows = list(tickets)
    names = (project.name,)
    to_all, to_purchase = _claims(project, names)
    to_customer = _promises(rows, names)
    if not (to_all or to_purchase or to_customer):
        return {}
    found = {}
    for ticket in rows:
        known = (
            to_all
            | to_purchase.get(str(ticket.purchase_id), {})
            | to_customer.get(ticket.customer_id or 0, {})
        )
        pairs = pairs_of(f"{ticket.subject}\n{ticket.body[:HEAD]}", without=names)
        key = named_promise(pairs, known) if known else ""
        if key:
            found[ticket.pk] = key
    return found


def _claims(
    project: Project, names: tuple[str, ...]
) -> tuple[dict[str, frozenset[str]], dict[str, dict[str, frozenset[str]]]]:
    to_all: dict[str, frozenset[str]] = {}
    to_purchase: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    rows = claims_of(project.pk).order_by("pk").values_list("title", "values__purchase")
    for title, purchase in rows:
        place = to_purchase[str(purchase)] if purchase else to_all
        place[_key(title)] = frozenset(pairs_of(title, without=names))
    return to_all, to_purchase


def _promises(
    tickets: Iterable[Ticket], names: tuple[str, ...]
) -> dict[int, dict[str, frozenset[str]]]:
    customers = {ticket.customer_id for ticket in tickets if ticket.customer_id is not None}
    found: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    if not customers:
        return found
    rows = RegisterEntry.objects.of(PROMISES).filter(
        subject_kind=SUBJECT, subject_id__in=customers, values__kind=PROMISE
    )
    for customer, title in rows.order_by("pk").values_list("subject_id", "title"):
        found[customer or 0][_key(title)] = frozenset(pairs_of(title, without=names))
    return found


def _key(title: str) -> str:
    return digest_text(title, "")[:LONGEST]
