"""Jobs of value; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("value-customers")
def value_customers_nightly() -> dict[str, int]:
    """Measure the rates and bring the value of every customer up to date."""
    from analytics.value.services.fitting import fit_value_model
    from analytics.value.services.valuing import value_customers

    now = timezone.now()
    fit_value_model(now=now)
    done = value_customers(now=now, seconds=240)
    return {"looked_at": done.looked_at, "written": done.written, "removed": done.removed}
