"""The handover notices of the demo, their five attachments and the messages that carried them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm_site.demo.handover import Home, Plan
from crm_site.outbox.models import Message
from customers.handover.papers import attachments_of
from customers.handover.policies import DeliveryRules
from customers.handover.services.notices import NOTICE
from customers.importers.copying import copy_rows, take_keys
from customers.models import ConsentEvent, DeliveryNotice
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.reaching import ADDRESSEE, NO_CONSENT

Pair = tuple[Plan, Home]


def write_notices(homes: Sequence[Pair]) -> None:
    """Write the notice of every invited home and its message, held back without consent."""
    invited = [pair for pair in homes if pair[1].delivery.invited_at is not None]
    papers = {plan.site.project.pk: _attachments(plan) for plan, _home in invited}
    keys = take_keys(DeliveryNotice, len(invited))
    early = timedelta(days=DeliveryRules().notice_days)
    copy_rows(
        DeliveryNotice,
        (
            *("id", "delivery_id", "purchase_id", "planned_on", "attachments", "is_late"),
            *("written_at", "written_by_id"),
        ),
        (
            (
                *(key, home.delivery.pk, home.purchase.pk, plan.batch.planned_on),
                papers[plan.site.project.pk],
                timezone.localdate(home.delivery.invited_at) > plan.batch.planned_on - early,
                *(home.delivery.invited_at, home.people.planner.pk),
            )
            for key, (plan, home) in zip(keys, invited, strict=True)
        ),
        {"number": 1, "handed_note": ""},
    )
    agreed = _agreed([home for _plan, home in invited])
    Message.objects.bulk_create(
        _message(
            key,
            home,
            params={
                "project": plan.site.project.name,
                "unit": str(home.unit),
                "day": plan.batch.planned_on.isoformat(),
                "documents": [one["title"] for one in papers[plan.site.project.pk]],
            },
            has_agreed=home.purchase.customer_id in agreed,
        )
        for key, (plan, home) in zip(keys, invited, strict=True)
    )


def _attachments(plan: Plan) -> list[dict[str, Any]]:
    found = attachments_of(plan.site.project.pk, today=plan.batch.planned_on)
    return [
        {
            "kind": paper.kind,
            "number": paper.version.document.number,
            "title": paper.version.title,
            "version": paper.version.number,
            "id": paper.version.pk,
        }
        for paper in found
        if paper.version is not None
    ]


def _agreed(homes: Sequence[Home]) -> set[int]:
    rows = ConsentEvent.objects.filter(
        purpose=Purpose.CONTACT.value,
        is_given=True,
        customer__in=[home.purchase.customer_id for home in homes],
    )
    return set(rows.values_list("customer", flat=True))


def _message(key: int, home: Home, *, params: dict[str, Any], has_agreed: bool) -> Message:
    at = home.delivery.invited_at
    return Message(
        kind=NOTICE,
        channel=Channel.SMS.value,
        addressee_kind=ADDRESSEE,
        addressee_id=str(home.purchase.customer_id),
        purpose=Purpose.CONTACT.value,
        subject_kind="delivery",
        subject_id=str(home.delivery.pk),
        params=params,
        idempotency_key=f"delivery-notice:{key}:{Channel.SMS.value}",
        state=Message.State.SENT if has_agreed else Message.State.SUPPRESSED,
        reason="" if has_agreed else NO_CONSENT,
        attempts=1,
        next_attempt_at=at,
        created_at=at,
        sent_at=at if has_agreed else None,
    )
