"""Results of third parties about a customer, only under a valid consent (CUS-38)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User
from customers.data_categories import may_see_sensitive
from customers.models import Customer
from customers.models.consent import ConsentEvent
from customers.rules.consent import Purpose, Standing
from customers.services.consents import consent_standing
from marketing.selling.customer_models import ThirdPartyResult
from marketing.selling.policies import third_party_rules
from marketing.selling.querysets import BRING

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDraft:
    """What a third party says: whose word, for what, with which result; never its paper."""

    source: str
    provider: str
    purpose: str
    verdict: str
    obtained_on: date
    summary: str = ""


def why_not(customer: Customer, now: datetime) -> str:
    """Return the code of why nothing may be taken in about a customer; empty where it may.

    ``off`` by policy, ``never_asked``, ``withdrawn``, ``outdated`` text, ``expired`` consent.
    """
    rules = third_party_rules(now)
    if not rules.is_on:
        return "off"
    standing = consent_standing(customer.pk, Purpose.THIRD_PARTY, at=now)
    if standing is not Standing.GIVEN:
        return standing.value
    given = consent_of(customer)
    valid_for = timedelta(days=rules.consent_days)
    return "expired" if given is None or given.at + valid_for <= now else ""


def consent_of(customer: Customer) -> ConsentEvent | None:
    """Return the newest answer of a customer about third parties."""
    rows = ConsentEvent.objects.filter(customer=customer, purpose=Purpose.THIRD_PARTY.value)
    found: ConsentEvent | None = rows.order_by("-at", "-pk").first()
    return found


def bring_result(
    *, customer: Customer, draft: ResultDraft, actor: User, now: datetime
) -> ThirdPartyResult:
    """Keep a result, and return it.

    Without a valid consent nothing is kept: the try is audited, in a transaction of its own that
    stays, and a ValidationError says what to do. Raise NotAllowedError without the right.
    """
    if not actor.has_perm(BRING) or not may_see_sensitive(actor, customer):
        raise NotAllowedError(_("Your role does not bring results of third parties."))
    today = timezone.localdate(now)
    if draft.obtained_on > today:
        raise ValidationError({"obtained_on": _("The day lies in the future.")})
    if code := why_not(customer, now):
        refused(customer, draft.source, code, actor=actor, now=now)
        raise ValidationError(words_of(code))
    with transaction.atomic():
        # a withdrawal locks nothing: asked again once the row stands, so that it wins
        row = _kept(customer, draft, actor, now)
        if code := why_not(customer, now):
            row.delete()
            refused(customer, draft.source, code, actor=actor, now=now)
        else:
            _audit("selling.third_party_brought", customer, draft.source, actor, now)
    if code:
        raise ValidationError(words_of(code))
    return row


def refused(customer: Customer, source: str, code: str, *, actor: User, now: datetime) -> None:
    """Note in the audit trail that data of a third party were refused, and why."""
    facts = {"source": source, "why": code}
    with transaction.atomic():
        record(
            kind="selling.third_party_refused",
            actor=actor,
            subject=("customer", customer.pk),
            facts=facts,
            now=now,
        )


def words_of(code: str) -> str:
    """Return in words why nothing was taken in, and what to do."""
    return {
        "off": _("Data of third parties are switched off. Nothing was kept."),
        "never_asked": _("The customer was not asked for this. Record the consent first."),
        "withdrawn": _("The customer withdrew the consent. Nothing was kept."),
        "outdated": _("The text of the consent changed. Ask the customer again."),
        "expired": _("The consent is too old. Ask the customer again."),
    }[code]


@transaction.atomic
def drop_result(*, result: ThirdPartyResult, actor: User, now: datetime) -> None:
    """Delete a result before its time; that it was there stays in the trail."""
    if not actor.has_perm(BRING) or not may_see_sensitive(actor, result.customer):
        raise NotAllowedError(_("Your role does not bring results of third parties."))
    _audit("selling.third_party_dropped", result.customer, result.source, actor, now)
    result.delete()


def forget_results(*, now: datetime) -> int:
    """Delete results whose time is over or whose consent was withdrawn; return how many.

    Safe to call again; what is deleted is in the audit trail.
    """
    later = ConsentEvent.objects.filter(
        customer=OuterRef("customer"),
        purpose=Purpose.THIRD_PARTY.value,
        is_given=False,
        at__gte=OuterRef("consent__at"),
        pk__gt=OuterRef("consent"),
    )
    over = Q(expires_on__lte=timezone.localdate(now)) | Q(Exists(later))
    done = 0
    with transaction.atomic():
        rows = ThirdPartyResult.objects.select_for_update(of=("self",), skip_locked=True)
        for row in rows.filter(over).select_related("customer").order_by("pk")[:BATCH]:
            _audit("selling.third_party_dropped", row.customer, row.source, None, now)
            row.delete()
            done += 1
    return done


def _kept(customer: Customer, draft: ResultDraft, actor: User, now: datetime) -> ThirdPartyResult:
    keep = timedelta(days=third_party_rules(now).keep_days)
    values: dict[str, Any] = {name: getattr(draft, name) for name in ResultDraft.__slots__}
    values["provider"], values["summary"] = draft.provider.strip(), draft.summary.strip()
    given = consent_of(customer)
    if given is None:
        raise ValidationError(words_of("never_asked"))
    try:
        with transaction.atomic():
            return ThirdPartyResult.objects.create(
                customer=customer,
                consent=given,
                expires_on=draft.obtained_on + keep,
                by=actor,
                at=now,
                **values,
            )
    except IntegrityError as error:
        raise ValidationError(_("This result is kept already.")) from error


def _audit(kind: str, customer: Customer, source: str, actor: User | None, now: datetime) -> None:
    subject, facts = ("customer", customer.pk), {"source": source}
    record(kind=kind, actor=actor, subject=subject, facts=facts, now=now)
