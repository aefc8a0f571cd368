"""The main pages of marketing, filled: wide and dark, on a phone and light, no machine-found fault.

Each page is loaded once; theme and width change under it, so that the walk stays short.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.access.conftest import World, build_world
from tests.access.doors import DOORS
from tests.access.knocking import ADDRESSES
from tests.access.page_walk import reader_of
from tests.browser.test_analytics_pages import faults

AGENT = "a browser"
PAGES = (
    *("campaigns", "campaign", "campaign-add", "campaign-calendar", "budgets", "costs"),
    *("channels", "channel-scorecard", "partners", "partner", "commissions", "lead-codes"),
    *("attribution", "adverts", "advert", "content-messages", "advert-archive", "communities"),
    *("segments", "segment", "opportunities", "nurture", "programme", "customer-offers"),
    *("batches", "flows", "experiments", "experiment"),
    *("plan-list", "goal-progress", "market-knowledge", "promotions", "promotion"),
    *("sales-plans", "sales-statistics", "selling-checks", "competence"),
)


@pytest.fixture
def filled(transactional_db: None) -> World:
    """One record of each kind, and everybody signed in."""
    return build_world()


def test_the_main_pages_of_marketing_are_accessible_and_fit(
    filled: World, open_page: Callable[..., Page], live_server: Any
) -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    opened: dict[str, Page] = {}
    for key in PAGES:
        name = f"marketing:{key}"
        url = reverse(name, kwargs=filled.arguments(set(ADDRESSES[name]), DOORS[name].model))
        who = reader_of(name)
        if who not in opened:
            opened[who] = open_page("/accounts/login/", user_agent=AGENT)
            session = filled.clients[who].cookies["anju_session"].value
            cookie = {"name": "anju_session", "value": session, "url": live_server.url}
            opened[who].context.add_cookies([cookie])  # type: ignore[list-item]
        answer = opened[who].goto(url)
        assert answer is not None
        assert (url, answer.status) == (url, 200)
        found[url] = list(faults(opened[who]))
    assert {url: wrong for url, wrong in found.items() if wrong} == {}
