"""What marketing adds to the demo company, part by part, each where what it rests on stands."""

from datetime import datetime

from crm_site.demo.company import Company
from crm_site.demo.marketing.attribution import make_attribution
from crm_site.demo.marketing.campaigns import make_campaigns
from crm_site.demo.marketing.channels import make_channels
from crm_site.demo.marketing.content import make_content
from crm_site.demo.marketing.messaging import make_messaging
from crm_site.demo.marketing.planning import make_planning
from crm_site.demo.marketing.segments import make_segments
from crm_site.demo.marketing.selling import make_selling
from customers.models import Customer


def fill_marketing(company: Company, *, seed: int, now: datetime) -> None:
    """Plan, run, publish and write; what came of it is shared out among the channels at last."""
    make_campaigns(company.projects, now=now)
    own = Customer.objects.filter(project=company.projects[0], merged_into=None).order_by("pk")
    make_planning(company.projects, customers=list(own[:40]), now=now)
    make_channels(now=now)
    make_content(company.projects, now=now)
    make_segments(now=now)
    make_messaging(seed=seed, now=now)
    make_selling(seed=seed, now=now)
    make_attribution(seed=seed, now=now)
