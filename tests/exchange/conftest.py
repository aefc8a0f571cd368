"""What the tests of the wizard share: a supervisor's browser, and no worker."""

import pytest

from crm_site.exchange import tasks


@pytest.fixture
def page(supervisor, client_for):
    return client_for(supervisor)


@pytest.fixture(autouse=True)
def sent(monkeypatch) -> list[tuple[str, int]]:
    """Collect what would go to the worker."""
    found: list[tuple[str, int]] = []
    for name in ("check_import", "run_import", "revert_import"):
        task = getattr(tasks, name)
        monkeypatch.setattr(task, "delay_on_commit", lambda pk, name=name: found.append((name, pk)))
    return found
