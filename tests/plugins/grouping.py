"""Hands out tests to the workers of pytest-xdist file by file, and some folders as a whole.

The tests of such a folder share something that takes longer to build than they take to run.
"""

from typing import Any, Final

import pytest

TOGETHER: Final = ("tests/demo/company/",)


def scope_of(nodeid: str, scope: str) -> str:
    """Return what a test is handed out with: its folder, or ``scope``, its file."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), scope)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Replace the scheduler of ``--dist loadfile``."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Grouping(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid, super()._split_scope(nodeid))

    return Grouping(config, log)
