"""Writing what a customer agreed to, and asking for it before data is used (PLT-06).

The ledger is only added to; the newest row of a purpose counts, and only under the text it was
given to. Whoever sends to a customer asks again in the transaction of the sending, while it holds
``hold_customer``: a withdrawal takes the same lock, so nothing goes out after its commit.
"""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.expressions import OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record as audit
from crm_site.common.refusals import StaleError
from crm_site.policies.services import InForce, in_force
from crm_site.staff.models import User
from customers.consent_policy import TEXTS, ConsentTexts
from customers.models import ChannelOptOut, ConsentEvent, Customer
from customers.rules.axes import Channel
from customers.rules.consent import Answer, Purpose, Standing, standing_of
from customers.services.assessment import remove_refused
from customers.services.contact_stop import stop_contacts
from customers.services.grading import grade_soon
from customers.services.holding import hold_customer, refuse_between_chunks

LONGEST_PROOF = 300


@transaction.atomic
def record_consent(  # noqa: PLR0913 -- one flat call, keyword-only
    *,
    customer: Customer,
    purpose: Purpose,
    is_given: bool,
    channel: Channel,
    proof: str = "",
    shown_version: int | None = None,
    actor: User | None,
    now: dt.datetime,
) -> ConsentEvent:
    """Add a consent or its withdrawal under the text in force and return the row.

    ``shown_version`` is the text that the customer was shown; raise StaleError where a consent was
    given to another than today's. ``None`` is for a caller that read the text itself just now.

    A withdrawal waits for a message that is being handed over right now; none follows it. One of
    being contacted cancels the calls and visits planned, one of being assessed by machine takes the
    grade away at once. Raise ValidationError where the channel is none over which people speak or
    the proof is too long.
    """
    if channel is Channel.NOTE:
        raise ValidationError({"channel": _("Choose over what the customer said so.")})
    if len(proof) > LONGEST_PROOF:
        raise ValidationError({"proof": _("At most 300 characters.")})
    if not is_given:
        hold_customer(customer.pk)
        if purpose is Purpose.PROFILING:
            refuse_between_chunks()
    texts = _texts(now)
    if is_given and shown_version not in (None, texts.version):
        message = _("The text was changed. Reload and show the customer today's text.")
        raise StaleError(message, current_version=texts.version)
    event = ConsentEvent.objects.create(
        customer=customer,
        purpose=purpose.value,
        is_given=is_given,
        text_version=texts.version,
        text_digest=_digest(texts, purpose),
        channel=channel.value,
        proof=proof.strip(),
        at=now,
        actor=actor,
    )
    audit(
        kind="consent.given" if is_given else "consent.withdrawn",
        actor=actor,
        subject=("customer", customer.pk),
        facts={"purpose": purpose.value, "channel": channel.value, "version": texts.version},
        now=now,
    )
    if purpose is Purpose.CONTACT and not is_given:
        stop_contacts(customer.pk, actor=actor, now=now)
    if purpose is Purpose.PROFILING:
        _assess_or_stop(customer, is_given=is_given, actor=actor, now=now)
    return event


def _assess_or_stop(
    customer: Customer, *, is_given: bool, actor: User | None, now: dt.datetime
) -> None:
    """Take grade and standing away with a withdrawal; with a consent let them be computed again."""
    if not is_given:
        remove_refused(customer_ids=[customer.pk], actor=actor, now=now)
    grade_soon(customer.pk)


def has_consent(customer: Customer, purpose: Purpose, *, at: dt.datetime | None = None) -> bool:
    """Return whether ``customer`` agreed to ``purpose`` under today's text; never asked is no."""
    return consent_standing(customer.pk, purpose, at=at) is Standing.GIVEN


def has_withdrawn(customer: Customer, purpose: Purpose) -> bool:
    """Return whether the customer's last word on ``purpose`` is no."""
    answer = _newest(customer.pk, purpose)
    return answer is not None and not answer.is_given


def consent_standing(
    customer_id: int, purpose: Purpose, *, at: dt.datetime | None = None
) -> Standing:
    """Return what the ledger says about one purpose of one customer."""
    moment = at or timezone.now()
    answer = _newest(customer_id, purpose)
    return standing_of(answer, current_digest=_digest(_texts(moment), purpose))


def with_consent(
    customers: "QuerySet[Any]", purpose: Purpose, *, at: dt.datetime | None = None
) -> Any:
    """Return the customers of the query who agreed to ``purpose`` under today's text."""
    digest = _digest(_texts(at or timezone.now()), purpose)
    newest = _newest_rows(OuterRef("pk"), purpose)
    said, text = f"_consent_{purpose.value}", f"_consent_text_{purpose.value}"  # may be chained
    asked: dict[str, Any] = {
        said: Subquery(newest.values("is_given")[:1]),
        text: Subquery(newest.values("text_digest")[:1]),
    }
    return customers.alias(**asked).filter(**{said: True, text: digest})


def without_withdrawal(customers: "QuerySet[Any]", purpose: Purpose) -> Any:
    """Return the customers of the query whose last word on ``purpose`` is not a no."""
    newest = _newest_rows(OuterRef("pk"), purpose).values("is_given")[:1]
    return customers.alias(_last_word=Subquery(newest)).filter(
        Q(_last_word=True) | Q(_last_word__isnull=True)
    )


@transaction.atomic
def opt_out(*, customer: Customer, channel: Channel, actor: User | None, now: dt.datetime) -> bool:
    """Note that the customer wants nothing over ``channel``; return if it is new (CUS-47)."""
    if channel is Channel.NOTE:
        raise ValidationError({"channel": _("Choose a channel over which people speak.")})
    hold_customer(customer.pk)
    _row, is_new = ChannelOptOut.objects.get_or_create(
        customer=customer,
        channel=channel.value,
        ended_at=None,
        defaults={"at": now, "actor": actor},
    )
    if is_new:
        _audit_opt_out("consent.channel_refused", customer, channel, actor, now)
    return is_new


@transaction.atomic
def opt_in(*, customer: Customer, channel: Channel, actor: User | None, now: dt.datetime) -> bool:
    """Take the refusal of ``channel`` back; return whether there was one."""
    ended = ChannelOptOut.objects.filter(
        customer=customer, channel=channel.value, ended_at__isnull=True, at__lte=now
    ).update(ended_at=now)
    if ended:
        _audit_opt_out("consent.channel_allowed", customer, channel, actor, now)
    return bool(ended)


def opted_out(customer_id: int) -> frozenset[Channel]:
    """Return the channels over which the customer wants nothing."""
    rows = ChannelOptOut.objects.filter(customer=customer_id, ended_at__isnull=True)
    return frozenset(Channel(value) for value in rows.values_list("channel", flat=True))


def _texts(at: dt.datetime) -> InForce:
    return in_force(TEXTS, at=at)


def _digest(texts: InForce, purpose: Purpose) -> str:
    value: ConsentTexts = texts.value
    return value.digest(purpose)


def _newest(customer_id: int, purpose: Purpose) -> Answer | None:
    row = _newest_rows(customer_id, purpose).values_list("is_given", "text_digest").first()
    return Answer(*row) if row else None


def _newest_rows(customer: Any, purpose: Purpose) -> "QuerySet[ConsentEvent]":
    rows = ConsentEvent.objects.filter(customer=customer, purpose=purpose.value)
    return rows.order_by(F("at").desc(), F("id").desc())


def _audit_opt_out(
    kind: str, customer: Customer, channel: Channel, actor: User | None, now: dt.datetime
) -> None:
    audit(
        kind=kind,
        actor=actor,
        subject=("customer", customer.pk),
        facts={"channel": channel.value},
        now=now,
    )
