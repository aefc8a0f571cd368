"""Handing an approved comparison sheet to a customer (MKT-11)."""

import re
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.documents.models import Document, DocumentVersion
from crm_site.documents.services.content import digest_of
from crm_site.outbox.services import ToAddressee, send_outside
from crm_site.staff.models import User
from customers.models import Customer
from customers.rules.axes import Channel, Result
from customers.rules.consent import Purpose
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.reaching import ADDRESSEE
from marketing.planning.errors import SheetError
from marketing.planning.models import SheetSending
from marketing.planning.papers import SHEET
from marketing.planning.querysets import SEND

MESSAGE: Final = "planning.sheet"
PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")  # a message holds no phone number
LOGGED_AS: Final = {
    "paper": Channel.VISIT,
    "wechat": Channel.WECHAT,
    "email": Channel.EMAIL,
}
BY_MESSAGE: Final = frozenset({"wechat", "email"})


@transaction.atomic
def send_sheet(
    *, document: Document, customer: Customer, channel: str, actor: User, now: datetime
) -> SheetSending:
    """Hand the version in force to a customer, log it on the record and return the sending.

    Raise NotAllowedError without the right, SheetError where no approved version is in force today.
    """
    if not actor.has_perm(SEND):
        raise NotAllowedError(_("Your role does not hand over comparison sheets."))
    version = usable_version(document, now=now)
    if version is None:
        raise SheetError(
            _("No approved version of this sheet is in force today. Have it approved anew first.")
        )
    sending = SheetSending.objects.create(
        customer=customer,
        version=version,
        digest=digest_of(version),
        channel=channel,
        sent_by=actor,
        sent_at=now,
    )
    title = f"{document.number} V{version.number} {version.title}"
    if channel in BY_MESSAGE:
        send_outside([_message(sending, title)], now=now)
    log_interaction(
        customer=customer,
        entry=InteractionEntry(
            channel=LOGGED_AS[channel],
            result=Result.INFORMED,
            content=_("Comparison sheet handed over: %(sheet)s") % {"sheet": title},
        ),
        actor=actor,
        now=now,
    )
    record(
        kind="planning.sheet_sent",
        actor=actor,
        subject=("customer", customer.pk),
        facts={"sending": sending.pk, "version": version.pk, "channel": channel},
        now=now,
    )
    return sending


def usable_version(document: Document, *, now: datetime) -> DocumentVersion | None:
    """Return the version of a sheet that is approved and has not run out, None without one."""
    if document.kind != SHEET:
        return None
    rows = DocumentVersion.objects.in_force(timezone.localdate(now)).filter(document=document)
    return rows.select_related("document").first()


def _message(sending: SheetSending, title: str) -> ToAddressee:
    text = "\n\n".join(f"{one['title']}\n{one['text']}" for one in sending.version.sections)
    return ToAddressee(
        kind=MESSAGE,
        addressee=(ADDRESSEE, sending.customer_id),
        channel=sending.channel,
        purpose=Purpose.CONTACT.value,
        key=f"comparison-sheet:{sending.pk}",
        params={"title": PHONE.sub("…", title), "text": PHONE.sub("…", text)[:4000]},
        subject=("customer", sending.customer_id),
    )
