"""Compiles the catalogues before Django loads them, so that tests see today's words."""

from pathlib import Path

import pytest

from crm_site.common.i18n.compiling import compile_catalogues


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Write the .mo files that are older than their .po."""
    compile_catalogues(Path(__file__).resolve().parent.parent.parent)
