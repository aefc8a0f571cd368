"""What the walks through the browser share: signing in by hand, jobs run between the steps."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from crm_site.celery import app
from crm_site.staff.models import User
from tests.conftest import make_user
from tests.factories import Organisation, UserFactory

PASSWORD = "right-horse-7"


@pytest.fixture
def eager_jobs() -> Iterator[None]:
    """Run background work at once, in the process of the live server."""
    before = app.conf.task_always_eager, app.conf.task_eager_propagates
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager, app.conf.task_eager_propagates = before


@pytest.fixture
def sellers(transactional_db: None) -> dict[str, User]:
    """A supervisor and the two consultants that the lead file names, in one team."""
    org = Organisation()
    team = {
        "supervisor": make_user(org, "supervisor"),
        "executive": make_user(org, "executive"),
        "lin": UserFactory(username="lin", name="林知夏", node=org.team_a, employee_no="6612"),
        "chen": UserFactory(username="chen", name="陈思远", node=org.team_a, employee_no="6613"),
    }
    return team


@pytest.fixture
def sign_in(open_page: Callable[..., Any]) -> Callable[..., Any]:
    """Sign in through the form and return the page after it."""

    def signed_in(user: User, **options: Any) -> Any:
        page = open_page("/accounts/login/", **options)
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        return page

    return signed_in
