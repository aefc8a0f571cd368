"""The register of promises made to customers, and of wishes nobody promised (CUS-60)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.common.navigation import Label
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import (
    Draft,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from crm_site.staff.models import User
from customers.models import Customer
from customers.open_items import LONGEST, OpenItem, register_open_items
from customers.record_tabs import RecordTab, register_tab
from customers.selectors.history import Printed, register_history

PROMISES: Final = "promises"
SUBJECT: Final = "customer"
PROMISE, TRY = "promise", "try"
KEPT, BROKEN = "kept", "broken"
KINDS = (
    (PROMISE, pgettext_lazy("kind of commitment", "Promise")),
    (TRY, gettext_lazy("Try (not promised)")),
)


def _check(draft: Draft) -> Mapping[str, Label]:
    """Refuse a promise without a time: nobody could say whether it was kept."""
    if draft.values.get("kind") == PROMISE and draft.due_at is None:
        return {"due_at": _("A promise needs the time until which it is kept.")}
    return {}


def _binds(values: Mapping[str, Any]) -> bool:
    return values.get("kind") == PROMISE


DEFINITION = RegisterDefinition(
    key=PROMISES,
    label=gettext_lazy("Promises"),
    item=gettext_lazy("Promise to a customer"),
    help=gettext_lazy(
        "Everything promised to a customer, with whom and until when; a promise must be kept."
    ),
    fields=(
        RegisterField(
            key="kind",
            label=pgettext_lazy("commitment", "Kind"),
            type="choice",
            choices=KINDS,
            required=True,
            help=gettext_lazy("A promise must be kept; a try is a wish that nobody promised."),
        ),
        RegisterField(
            key="promised_by",
            label=gettext_lazy("Promised by"),
            required=True,
            initial=lambda user: user.name,
        ),
    ),
    title_label=gettext_lazy("What is promised"),
    due_label=gettext_lazy("Keep until"),
    subject_kind=SUBJECT,
    view_permission="customers.view_customer",
    edit_permission="customers.log_interaction",
    outcomes=(
        Outcome(
            key=KEPT,
            label=pgettext_lazy("promise", "Kept"),
            asks=gettext_lazy("Evidence"),
            action=gettext_lazy("Kept: say what proves it"),
        ),
        Outcome(
            key=BROKEN,
            label=pgettext_lazy("promise", "Broken"),
            asks=gettext_lazy("Reason"),
            action=gettext_lazy("Broken: say why"),
            tone="red",
            shape="cross",
        ),
    ),
    check=_check,
    binds=_binds,
)


def promises_of(customer: Customer) -> Any:
    """Return the customer's promises and tries, open ones first, then the latest."""
    rows = RegisterEntry.objects.of(PROMISES).about(SUBJECT, customer.pk)
    return rows.select_related("owner").order_by("closed_at", "due_at", "-pk")


def _open(customer: Customer, _user: User, _now: datetime) -> list[OpenItem]:
    """Return the open promises and tries of a record, the most overdue first; one query."""
    rows = RegisterEntry.objects.of(PROMISES).about(SUBJECT, customer.pk).open()
    url = reverse("customers:promise-list", args=[customer.pk])
    words = dict(KINDS)
    found = rows.order_by("due_at", "pk").only("title", "due_at", "is_binding", "values")
    return [
        OpenItem(
            kind=words.get(row.values.get("kind"), DEFINITION.item),
            title=row.title,
            due_at=row.due_at if row.is_binding else None,
            url=url,
        )
        for row in found[:LONGEST]
    ]


HISTORY = """
SELECT 'promise', e.at, e.kind::text, r.title::text, r.values ->> 'kind', r.state::text
    FROM registers_registerevent e JOIN registers_registerentry r ON r.id = e.entry_id
    WHERE r.register = 'promises' AND r.subject_kind = 'customer'
        AND r.subject_id = %(customer)s AND e.kind IN ('added', 'closed')
    ORDER BY e.at DESC LIMIT 10
"""


def _printed(event: str, title: str, kind: str, state: str) -> Printed:
    if event == "added":
        return "flag", f"{dict(KINDS).get(kind, kind)}: {title}", ""
    outcome = DEFINITION.outcome(state)
    return "flag", f"{outcome.label if outcome else state}: {title}", ""


def register() -> None:
    """Make the register, its tab, its open items and its lines of the timeline known."""
    register_definition(DEFINITION)
    tab = RecordTab(PROMISES, "customers:promise-list", gettext_lazy("Promises"), order=40)
    register_tab(tab)
    register_open_items(PROMISES, _open)
    register_history("promise", HISTORY, _printed)
