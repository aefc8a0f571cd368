"""Jobs of promotions; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-promotions")
def tend_promotions() -> dict[str, int]:
    """Follow discounts, close groups past their deadline, try what could not be asked for."""
    from marketing.promotions.services import applying, coupons, groups

    now = timezone.now()
    return {
        "settled": applying.settle_uses(now=now),
        "coupons": coupons.give_back_failed(now=now),
        "groups": groups.close_due(now=now),
        "asked": groups.retry_rewards(now=now),
    }
