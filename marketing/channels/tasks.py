"""Jobs of channels; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("settle-commission")
def settle_commission() -> dict[str, int]:
    """Bring commission in line with receipts, refunds and claims, and cost with it (MKT-68)."""
    from marketing.channels.services.charging import charge_commissions
    from marketing.channels.services.commission import settle_changed

    now = timezone.now()
    return {**settle_changed(now=now), **charge_commissions(now=now)}


@shared_task(ignore_result=True)
@job("appraise-channels")
def appraise_channels() -> dict[str, int]:
    """Set up new channels, grade the quarter that is over, warn of dependence (MKT-66 to 71)."""
    from marketing.channels.services.appraising import appraise, ensure_channels

    return {"channels": ensure_channels(), **appraise(now=timezone.now())}


@shared_task(ignore_result=True)
@job("take-agency-checks")
def take_agency_checks() -> dict[str, int]:
    """Keep the scores of finished checks of agencies and ask for reviews (MKT-73)."""
    from marketing.channels.conduct import take_checks

    return {"checks": take_checks(now=timezone.now())}
