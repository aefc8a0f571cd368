"""The handover notices of the demo, their five attachments and the messages that carried them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm_site.demo.handover import Home, Plan
from crm_site.outbox.models import Message
from customers.handover.papers import attachments_of
from customers.handover.policies import DeliveryRules
from customers.handover.services.notices import NOTICE, kept
from customers.models import ConsentEvent, DeliveryNotice
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.reaching import ADDRESSEE, NO_CONSENT

Pair = tuple[Plan, Home]


def write_notices(homes: Sequence[Pair]) -> None:
    """Write the notice of every invited home and its message, held back without consent."""
    invited = [pair for pair in homes if pair[1].delivery.invited_at is not None]
    plans = {plan.site.project.pk: plan for plan, _home in invited}
    papers = {key: _attachments(plan) for key, plan in plans.items()}
    early = timedelta(days=DeliveryRules().notice_days)
    notices = DeliveryNotice.objects.bulk_create(
        [
            DeliveryNotice(
                delivery=home.delivery,
                number=1,
                purchase=home.purchase,
                planned_on=plan.batch.planned_on,
                attachments=papers[plan.site.project.pk],
                is_late=timezone.localdate(at) > plan.batch.planned_on - early,
                written_at=at,
                written_by=home.people.planner,
            )
            for plan, home in invited
            if (at := home.delivery.invited_at) is not None
        ],
        batch_size=1000,
    )
    agreed = _agreed([home for _plan, home in invited])
    Message.objects.bulk_create(
        _message(
            notice.pk,
            home,
            params={
                "project": plan.site.project.name,
                "unit": str(home.unit),
                "day": plan.batch.planned_on.isoformat(),
                "documents": [one["title"] for one in papers[plan.site.project.pk]],
            },
            has_agreed=home.purchase.customer_id in agreed,
        )
        for notice, (plan, home) in zip(notices, invited, strict=True)
    )


def _attachments(plan: Plan) -> list[dict[str, Any]]:
    return kept(attachments_of(plan.site.project.pk, today=plan.batch.planned_on))


def _agreed(homes: Sequence[Home]) -> set[int]:
    rows = ConsentEvent.objects.filter(
        purpose=Purpose.CONTACT.value,
        is_given=True,
        customer__in=[home.purchase.customer_id for home in homes],
    )
    return set(rows.values_list("customer", flat=True))


def _message(key: int, home: Home, *, params: dict[str, Any], has_agreed: bool) -> Message:
    at = home.delivery.invited_at
    assert at is not None  # noqa: S101 -- invited
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
