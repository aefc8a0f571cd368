"""Taking papers in, giving them back, and noting who looked at them (CUS-66, 69, 71)."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.files import Taken
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.paperwork.errors import PaperError
from customers.paperwork.models import PaperFile, PurchasePaper
from customers.paperwork.selectors import paper_rules
from customers.purchase.models import Purchase
from customers.rules.text import clean_text

ONCE = "paper_stands_once"


def take_in(
    *, purchase: Purchase, name: str, copy: Taken | None, actor: User, now: datetime
) -> PurchasePaper:
    """Note that a paper of the lists was handed in, with its copy if there is one; return it.

    Raise PaperError for a paper no list names, StaleError where it is there already.
    """
    if name not in paper_rules(now).every():
        raise PaperError(_("No list asks for this paper."))
    return keep(purchase=purchase, name=name, copy=copy, actor=actor, now=now)


def keep(
    *, purchase: Purchase, name: str, copy: Taken | None, actor: User | None, now: datetime
) -> PurchasePaper:
    """Put a paper into the file whatever the lists say; for what the system itself receives."""
    try:
        with transaction.atomic():
            row = PurchasePaper.objects.create(
                purchase=purchase,
                name=name,
                received_at=now,
                received_by=actor,
                copy=PaperFile.objects.create(**copy.values(), stored_at=now) if copy else None,
            )
            _note("paper.received", row, actor, now)
    except IntegrityError as error:
        if ONCE in str(error):
            raise StaleError(_("This paper is in the file already.")) from error
        raise
    return row


@transaction.atomic
def withdraw(*, paper: PurchasePaper, reason: str, actor: User, now: datetime) -> PurchasePaper:
    """Take a paper out of the file, with a reason; the row and its copy stay."""
    words = clean_text(reason)
    if not words:
        raise PaperError(_("Say why the paper is taken out."))
    row = PurchasePaper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if row.withdrawn_at is not None:
        raise StaleError(_("The paper is taken out already."))
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, actor, words
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _note("paper.withdrawn", row, actor, now, words)
    return row


def note_access(
    *, purchase: Purchase, actor: User, now: datetime, paper: PurchasePaper | None = None
) -> None:
    """Write into the audit trail who opened the file, or one of its copies (CUS-71)."""
    record(
        kind="paper.opened" if paper else "file.opened",
        actor=actor,
        subject=("purchase", purchase.pk),
        facts={"paper": paper.pk} if paper else {},
        now=now,
    )


def _note(
    kind: str, row: PurchasePaper, actor: User | None, now: datetime, reason: str = ""
) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", row.purchase_id),
        reason=reason,
        facts={"paper": row.pk, "has_copy": row.copy_id is not None},
        now=now,
    )
