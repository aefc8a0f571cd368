"""Gives the tests a PostgreSQL and a Redis of their own before the settings are read.

Where DATABASE_URL or REDIS_URL is set, that server is used; workers of pytest-xdist then share it,
each with a database of its own. Else every worker starts its own servers: a transaction of one must
not hold back what another seals.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Generator
from types import FrameType

import pytest

from crm_site.embedded.errors import StartError
from crm_site.embedded.servers import throw_away

REASON_OF_ABSENT_DATA = "shared data absent"
_servers = contextlib.ExitStack()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start the servers before pytest-django reads the settings."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser driver runs a loop
    # Importing the package named the production settings (crm_site.celery).
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm_site.settings.test"
    if os.environ.get("PYTEST_XDIST_WORKER"):
        for variable in os.environ.get("TEST_OWN_SERVERS", "").split():
            del os.environ[variable]  # a server of the process that started this one
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    os.environ["TEST_OWN_SERVERS"] = " ".join(missing)
    if "DATABASE_URL" in missing:
        os.environ["TEST_SERVERS"] = "embedded"
    try:
        environment = _servers.enter_context(throw_away(os.environ))
    except StartError as error:
        raise pytest.UsageError(str(error)) from error
    os.environ.update(environment)
    _take_own_broker()
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    except BaseException:
        _servers.close()
        raise


def _take_own_broker() -> None:
    """Give a worker of pytest-xdist its own numbered database of the Redis-protocol server."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        server = os.environ["REDIS_URL"].rsplit("/", 1)[0]
        os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"


def pytest_unconfigure() -> None:
    """Stop the servers and remove their folder."""
    _servers.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With REQUIRE_ALL=1, report a skipped test as failed, with its reason."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        _require(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """With REQUIRE_ALL=1, report a module skipped as a whole as failed."""
    report = yield
    if report.skipped:
        _require(report)
    return report


def _require(report: pytest.TestReport | pytest.CollectReport) -> None:
    if os.environ.get("REQUIRE_ALL") != "1":
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if os.environ.get("ALLOW_ABSENT_DATA") == "1" and reason.startswith(REASON_OF_ABSENT_DATA):
        return
    report.outcome = "failed"
    report.longrepr = f"Skipped although REQUIRE_ALL=1: {reason}"


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
