"""Periodic work on the trail: seal it, look for unusual viewing."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task
@job("seal-audit")
def seal_audit() -> dict[str, int]:
    """Seal what is finished and raise alarms; return the numbers of events sealed and alarms."""
    from crm_site.audit.alarms import check_mass_viewing
    from crm_site.audit.sealing import seal

    now = timezone.now()
    alarms = check_mass_viewing(now=now)
    sealed = seal(now=now)
    return {"sealed": sealed.events if sealed else 0, "alarms": len(alarms)}
