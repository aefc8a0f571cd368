"""The main pages of analytics, filled: wide and dark, on a phone and light, no machine-found fault.

Each page is loaded once; theme and width change under it, so that the walk stays short.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from analytics.churn.services.finding import find_losses
from analytics.churn.services.running import score_churn
from analytics.winback.models import WinbackCase
from analytics.winback.policies import WINBACK
from analytics.winback.tasks import tend_winback
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import ensure_default
from crm_site.staff.models import User
from customers.models import Customer
from tests.analytics.churn.conftest import known, lose
from tests.analytics.churn.test_scoring import neglect
from tests.analytics.kpis.factories import PurchaseFactory
from tests.browser.test_pages import (  # noqa: F401 -- borrowed fixtures
    NARROWEST,
    PHONE,
    RULES,
    visit,
)
from tests.factories import InteractionFactory
from tests.service.factories import TicketFactory

pytestmark = [pytest.mark.usefixtures("eager_jobs")]
VIEWS = [(1440, "dark"), (PHONE, "light")]


@pytest.fixture
def leaving(sellers: dict[str, User]) -> Customer:
    """A team that sold, lost, got complaints, and has a customer whom everything drives away.

    Nobody is left alone, so that there is a case.
    """
    ensure_default(WINBACK)
    row = PolicyVersion.objects.get(key=WINBACK, version=1)
    PolicyVersion.objects.filter(pk=row.pk).update(payload=row.payload | {"holdout_percent": 0})
    now = timezone.now()
    gone = known(sellers["chen"], now, days=40)
    lose(gone, now - timedelta(days=2))
    find_losses(now=now)
    found = known(sellers["lin"], now, days=100, name="林晓燕", budget_max=2_000_000)
    neglect(found, now)
    for number in range(3):
        customer = known(sellers["lin"], now, days=number + 2)
        InteractionFactory(customer=customer, channel="visit", at=now - timedelta(days=1))
        PurchaseFactory(
            customer=customer,
            state_since=now,
            begun_at=now,
            subscribed_at=now - timedelta(minutes=2),
            signed_at=now - timedelta(minutes=1),
        )
        TicketFactory(customer=customer, opened_at=now - timedelta(days=number + 1))
    score_churn(slot="pages:1", now=now)
    tend_winback()
    return found


def pages_of(leaving: Customer) -> dict[str, list[str]]:
    """Return what each account looks at: the main pages of every part of analytics."""
    case = WinbackCase.objects.get(customer=leaving)
    record = reverse("analytics:churn-customer", args=[leaving.pk])
    return {
        "executive": [
            *["/analytics/", "/analytics/boards/service/", "/analytics/boards/project/"],
            *["/analytics/kpis/", "/analytics/kpis/signings/", "/analytics/cohorts/"],
            *["/analytics/cubes/", "/analytics/effects/", "/analytics/processes/"],
            *["/analytics/models/", "/churn/losses/", "/churn/report/", "/churn/results/"],
            *["/value/", "/value/segments/", "/reviews/", "/reviews/measures/"],
            *["/improvement/", "/improvement/programmes/", "/appraisals/"],
        ],
        "lin": ["/churn/", record, f"{record}why/", "/churn/alerts/", case.get_absolute_url()],
    }


def faults(page: Page) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in each view: view and rule, element."""
    for width, theme in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for item in Axe().run(page, options=RULES).response["violations"]:
            for node in item["nodes"]:
                yield f"{width} {theme} {item['id']}", node["html"][:200]
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROWEST:
        yield "reflow", f"{wide} px at {NARROWEST} px"


def test_the_main_pages_of_analytics_are_accessible_and_fit(
    sellers: dict[str, User],
    leaving: Customer,
    visit: Callable[..., Page],  # noqa: F811 -- the borrowed fixture
) -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, paths in pages_of(leaving).items():
        page = visit(sellers[name], width=1440, theme="light", language="zh-hans")
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert (path, answer.status) == (path, 200)
            found[path] = list(faults(page))
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
