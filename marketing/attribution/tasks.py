"""Jobs of attribution; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("attribute-contracts")
def attribute_contracts() -> dict[str, int]:
    """Gather touches and share every signed contract among them under each model."""
    from marketing.attribution.services.computing import tend_attribution

    return tend_attribution(now=timezone.now())
