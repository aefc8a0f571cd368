"""What the demo says of knowledge and delays is written through the services."""

import pytest

from crm_site.demo.service.delays import promise_facilities
from crm_site.demo.service.knowledge import ASKED, TEXTS, fill_knowledge
from crm_site.registers.models import RegisterEntry
from service.delays.models import DelayRisk
from service.knowledge.models import Article, MissingQuestion
from service.tickets.services.tree import install_usual_tree

pytestmark = pytest.mark.django_db


def test_the_demo_has_two_facilities_that_are_late(project, centre, engineering, now) -> None:
    promise_facilities(project, now=now)
    assert RegisterEntry.objects.of("promised-facilities").count() == 4
    late = {risk.what for risk in DelayRisk.objects.all()}
    assert late == {"实验小学云栖校区", "地铁五号线云栖路站"}


def test_the_demo_answers_questions_and_lacks_some(
    centre, executive, specialist, now, today
) -> None:
    install_usual_tree()
    fill_knowledge(now=now)
    assert Article.objects.offered(today).count() == len(TEXTS)  # one is kept back, one English
    assert Article.objects.filter(paused_at__isnull=False).count() == 1
    assert MissingQuestion.objects.filter(state="assigned", owner=specialist).count() == 1
    assert 3 <= MissingQuestion.objects.count() < len(ASKED)
