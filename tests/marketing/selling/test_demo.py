"""The demo of selling, and the job that tends it; both may run twice."""

import pytest

from crm_site.common.models import JobRun
from crm_site.demo.marketing.selling import make_selling
from crm_site.questionnaires.models import AnswerSheet
from marketing.selling.models import DepthInterview, InterviewFinding, SalesOffice, SalesPlan
from marketing.selling.tasks import tend_selling
from tests.conftest import make_user
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_the_demo_plans_sells_checks_and_asks(org, planner, chief, lin, chen, deal, now) -> None:
    make_user(org, "supervisor")
    for _place in range(4):
        CustomerFactory(owner=lin)
    deal(lin, now)
    make_selling(seed=1, now=now)
    plans = SalesPlan.objects.filter(project=org.project_one)
    assert {plan.state for plan in plans} == {"approved"}
    assert plans.filter(grain="month").count() == 3
    assert plans.filter(grain="year").count() == 1
    assert AnswerSheet.objects.complete().count() == 2 * 4 + 2 + 3
    assert SalesOffice.objects.count() == 1
    assert DepthInterview.objects.filter(state="held").count() == 2
    assert InterviewFinding.objects.count() == 2


def test_the_job_may_run_twice(lin, planner) -> None:
    tend_selling()
    tend_selling()
    run = JobRun.objects.get(name="tend-selling")
    assert run.counts == {"drawn": 0, "retests": 0, "forgotten": 0}
