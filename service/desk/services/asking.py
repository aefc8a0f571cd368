"""Questions put to the self-service line: who asks is proved first, every question is kept."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from crm_site.common.visits import spend_visit
from customers.indexes import phone_index
from customers.models import Customer
from customers.search import asked_phone
from service.desk.hooks import answers_about
from service.desk.models import InfoQuery
from service.desk.services.finding import holders_of

TRIES = 5  # of one number in ten minutes
DIGITS = 6  # of the ID number, its last


@dataclass(frozen=True, slots=True)
class Told:
    """What the line answers; without ``is_known`` nothing is told, whatever the reason."""

    is_known: bool
    lines: list[str]


def ask_line(*, phone: str, proof: str, topic: str, channel: str, now: datetime) -> Told:
    """Return what is told about ``topic`` to whoever has this phone and proves the ID number.

    ``proof`` are the last six characters of the ID number. A wrong number, a wrong proof and a
    customer without an ID number look the same. Every question is kept, with the customer only
    where the proof was right (SVC-26). Raise TooManyError beyond five tries of a number.
    """
    e164 = asked_phone(phone)
    spend_visit(purpose="self-service", who=e164 or phone, now=now, most=TRIES)
    customer = _proved(e164, proof)
    InfoQuery.objects.create(
        at=now,
        channel=channel,
        phone_index=phone_index(e164) if e164 else None,
        topic=topic,
        customer=customer,
    )
    if customer is None:
        return Told(is_known=False, lines=[])
    return Told(is_known=True, lines=answers_about(topic, customer, now))


def _proved(e164: str | None, proof: str) -> Customer | None:
    typed = proof.strip().upper()
    found = None
    for customer in holders_of(e164)[:9] if e164 else []:
        number = str(customer.id_number or "").upper()
        right = number[-DIGITS:] if len(number) >= DIGITS else ""
        if hmac.compare_digest(right.encode(), typed.encode()) and right and found is None:
            found = customer
    return found
