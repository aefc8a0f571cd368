"""What analytics adds to the demo company, part by part, in the order of a night."""

from datetime import datetime

from crm_site.demo.analytics.churn import make_churn
from crm_site.demo.analytics.improvement import make_improvement
from crm_site.demo.analytics.kpis import make_kpis
from crm_site.demo.analytics.reviews import make_reviews
from crm_site.demo.analytics.scoring import make_scoring
from crm_site.demo.analytics.value import make_value
from crm_site.demo.analytics.warehouse import make_warehouse
from crm_site.demo.analytics.winback import make_winback
from crm_site.demo.company import Company


def fill_analytics(company: Company, *, seed: int, now: datetime) -> None:
    """Sum up, score, warn, value, freeze and review what the company did so far."""
    make_scoring(now=now)
    make_churn(now=now)
    make_winback(now=now)
    make_value(company.projects, now=now)
    make_warehouse(now=now)
    make_kpis(now=now)
    make_reviews(now=now)
    make_improvement(seed=seed, now=now)
