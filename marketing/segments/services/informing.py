"""Sending useful information to customers who have not bought yet (MKT-78)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.outbox.services import ToAddressee, send_outside
from crm_site.staff.models import User
from customers.models import ChannelOptOut, Customer
from customers.rules.consent import Purpose
from customers.services.consents import with_consent, without_withdrawal
from customers.services.reaching import ADDRESSEE
from customers.services.texts import check_words
from marketing.segments.errors import SegmentError
from marketing.segments.models import InfoSend
from marketing.segments.selectors.nurture import unclosed

MESSAGE: Final = "marketing.information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """What is sent: its kind (advice, news, advert), words and channel."""

    kind: str
    title: str
    body: str
    channel: str


@transaction.atomic
def inform(
    *, customers: Iterable[int], what: Information, actor: User, now: datetime
) -> tuple[int, int]:
    """Send information to un-closed customers; return how many are sent to and left out.

    Left out are those the actor does not see, who have bought, or who did not agree; the worker
    asks for the consent again when a message leaves. Raise SegmentError where nobody is left,
    ValidationError for words against the tone.
    """
    check_words({"title": what.title, "body": what.body}, now=now)
    asked = set(customers)
    chosen = unclosed(Customer.objects.visible_to(actor)).filter(pk__in=asked)
    agreed = with_consent(without_withdrawal(chosen, Purpose.CONTACT), Purpose.MARKETING, at=now)
    refusing = ChannelOptOut.objects.filter(channel=what.channel, ended_at__isnull=True)
    left = agreed.exclude(pk__in=refusing.values("customer"))
    keys = sorted(left.order_by().values_list("pk", flat=True))
    if not keys:
        raise SegmentError(_("None of these customers agreed to advertising and news."))
    batch = uuid.uuid4().hex
    InfoSend.objects.bulk_create(
        InfoSend(
            customer_id=pk,
            kind=what.kind,
            title=what.title,
            channel=what.channel,
            batch=batch,
            at=now,
            by=actor,
        )
        for pk in keys
    )
    send_outside((_message(pk, what, batch) for pk in keys), now=now)
    facts = {"kind": what.kind, "sent": len(keys), "left_out": len(asked) - len(keys)}
    record(kind="information.sent", actor=actor, facts=facts, now=now)
    return len(keys), len(asked) - len(keys)


def _message(pk: int, what: Information, batch: str) -> ToAddressee:
    return ToAddressee(
        kind=MESSAGE,
        addressee=(ADDRESSEE, pk),
        channel=what.channel,
        purpose=Purpose.MARKETING.value,
        key=f"information:{batch}:{pk}",
        params={"title": what.title, "body": what.body},
    )
