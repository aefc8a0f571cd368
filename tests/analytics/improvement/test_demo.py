"""The demo company reviews its quarters and improves; a second look finds what was made."""

import pytest
from django.utils import timezone

from analytics.improvement.people_models import Appraisal, BonusRun, StarAward
from analytics.improvement.programme_models import PdcaItem, Programme
from analytics.reviews.meeting_models import Filing, WeeklyReport
from analytics.reviews.report_models import Measure, PerformanceReport
from crm_site.demo.analytics.improvement import make_improvement
from crm_site.demo.analytics.reviews import make_reviews
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_published_quarter_and_a_programme_under_way(
    cast, org, figures, client_for
) -> None:
    for number in range(3):
        UserFactory(node=org.team_a, name=f"顾问{number}")
    figures.set("csat", "7.9")
    now = timezone.now()
    make_reviews(now=now)
    make_improvement(seed=7, now=now)
    assert PerformanceReport.objects.filter(state="published").count() == 1
    assert PerformanceReport.objects.count() == 4
    assert Measure.objects.filter(done_on__isnull=False).count() == 1
    assert Filing.objects.filter(handed_at__isnull=False).count() == 1
    assert WeeklyReport.objects.count() == 1
    assert Programme.objects.get().phase == "implementation"
    assert PdcaItem.objects.filter(stage="check").count() == 2
    assert Appraisal.objects.exclude(state="draft").count() >= 6
    assert BonusRun.objects.get().state == "asked"
    assert StarAward.objects.count() == 1
    client = client_for(cast["executive"])
    for url in (
        *("/reviews/", "/reviews/measures/", "/reviews/management/", "/reviews/filings/"),
        *("/reviews/weeks/", "/reviews/goals/", "/reviews/elements/", "/reviews/maturity/"),
        *("/improvement/", "/improvement/programmes/", "/improvement/departments/"),
        *("/improvement/experiments/", "/appraisals/", "/appraisals/candidates/"),
        *("/results/", "/star/", "/bonus/"),
    ):
        assert client.get(url).status_code == 200, url
