"""Jobs of value; each may run twice or late without harm (PLT-42).

The libraries of the models are loaded where a job begins, never with the site.
"""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("value-customers")
def value_customers_nightly() -> dict[str, int]:
    """Measure the rates and bring value, lasting and likeness of everybody up to date."""
    from analytics.value.services.discovering import discover
    from analytics.value.services.fitting import fit_value_model
    from analytics.value.services.lasting import measure_lasting
    from analytics.value.services.valuing import value_customers

    now = timezone.now()
    fit_value_model(now=now)
    done = value_customers(now=now, seconds=200)
    measure_lasting(now=now)
    likely = discover(now=now).found
    return {
        "looked_at": done.looked_at,
        "written": done.written,
        "removed": done.removed,
        "likely": likely,
    }


@shared_task(ignore_result=True)
@job("score-intent")
def score_intent_nightly(after: int = 0, at: str = "") -> dict[str, int]:
    """Score the purchase intent of every prospect, as of one moment; hand on after some minutes."""
    from analytics.value.services.intending import score_intent

    now = datetime.fromisoformat(at) if at else timezone.now()
    done = score_intent(now=now, after=after, seconds=200)
    if done.after is not None:
        score_intent_nightly.delay(done.after, now.isoformat())
    return {"scored": done.scored}


@shared_task(ignore_result=True)
@job("group-customers")
def group_customers_monthly() -> dict[str, int]:
    """Find the groups of the month, once; return how many."""
    from analytics.value.services.grouping import group_customers

    run = group_customers(now=timezone.now())
    return {"groups": run.k if run else 0}


@shared_task(ignore_result=True)
@job("mine-wishes")
def mine_wishes_weekly() -> dict[str, int]:
    """Find the rules among wishes anew."""
    from analytics.value.services.mining import mine_wishes

    return mine_wishes(now=timezone.now())


@shared_task(ignore_result=True)
@job("forecast-series")
def forecast_series() -> dict[str, int]:
    """Forecast every series anew."""
    from analytics.value.services.foreseeing import forecast_all

    return {"written": forecast_all(now=timezone.now())}


@shared_task(ignore_result=True)
@job("write-advice")
def write_advice() -> dict[str, int]:
    """Write the advice of the week, take figures again, end what nobody decided."""
    from analytics.value.services.advising import advise

    return advise(now=timezone.now())
