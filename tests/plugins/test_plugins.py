"""The plugins, by runs of pytest over a small module, and what `make spec` says of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, transaction

from crm_site.audit.models import AuditEvent
from crm_site.staff.models import OrgNode
from customers.models import VocabularyTerm
from tests.factories import Organisation
from tests.plugins.grouping import scope_of
from tests.plugins.spec_report import LISTS, known_ids
from tests.spec_status import proven_ids, status_lines

ROOT = Path(__file__).parent.parent.parent
PLUGINS = ("-p", "tests.plugins.servers", "-p", "tests.plugins.spec_report")
MODULE = """
import pytest

@pytest.mark.spec("CUS-39", "CUS-40")
def test_passes():
    assert True

@pytest.mark.spec("CUS-40")
@pytest.mark.check("A-01")
def test_without_data():
    pytest.skip("shared data absent: leads.csv")
"""


def run_pytest(folder: Path, source: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run pytest over `source` with our servers, so that it starts none."""
    (folder / "test_small.py").write_text(source)
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    spec(*ids): x\n    check(*ids): x\n"
    )
    report = f"--spec-report={folder / 'report.json'}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "REQUIRE_ALL": "0", **settings}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGINS, report],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def outcomes(folder: Path) -> dict[str, str]:
    """Outcome by test from the report."""
    tests = json.loads((folder / "report.json").read_text())["tests"]
    return {test["nodeid"].rpartition("::")[2]: test["outcome"] for test in tests}


def test_a_folder_that_shares_a_company_is_handed_out_as_a_whole() -> None:
    one, other = "tests/demo/company/test_way.py", "tests/demo/test_world.py"
    assert scope_of(f"{one}::test_x", one) == scope_of("tests/demo/company/test_sales.py::y", "z")
    assert scope_of(f"{other}::test_x", other) == other


@pytest.mark.django_db
def test_emptying_takes_what_tests_wrote_and_leaves_what_migrations_wrote() -> None:
    Organisation()
    terms, kinds = VocabularyTerm.objects.count(), ContentType.objects.count()
    assert min(terms, kinds, OrgNode.objects.count()) > 0
    every = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic():
        statements = connection.ops.sql_flush(no_style(), every)
        assert len(statements) < 20  # of several hundred tables
        connection.ops.execute_sql_flush(statements)
    assert not OrgNode.objects.exists()
    assert not AuditEvent.objects.exists()
    assert (VocabularyTerm.objects.count(), ContentType.objects.count()) == (terms, kinds)
    assert connection.ops.sql_flush(no_style(), every) == []


def test_a_skip_passes_by_default_but_proves_nothing(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, MODULE)

    assert run.returncode == 0, run.stdout
    assert outcomes(tmp_path) == {"test_passes": "passed", "test_without_data": "skipped"}
    tests = json.loads((tmp_path / "report.json").read_text())["tests"]
    assert proven_ids(tests, "spec") == {"CUS-39"}
    assert proven_ids(tests, "check") == set()


def test_required_skips_fail_with_their_reason(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, MODULE, REQUIRE_ALL="1")

    assert run.returncode == 1
    assert "Skipped although REQUIRE_ALL=1: shared data absent: leads.csv" in run.stdout
    assert outcomes(tmp_path)["test_without_data"] == "failed"


def test_only_absent_data_can_be_allowed(tmp_path: Path) -> None:
    whole_module = "import pytest\npytest.skip('no Chromium', allow_module_level=True)\n"
    (tmp_path / "test_browser.py").write_text(whole_module)

    run = run_pytest(tmp_path, MODULE, REQUIRE_ALL="1", ALLOW_ABSENT_DATA="1")

    assert run.returncode == 2  # a module that could not be collected
    assert "Skipped although REQUIRE_ALL=1: no Chromium" in run.stdout

    (tmp_path / "test_browser.py").unlink()
    run = run_pytest(tmp_path, MODULE, REQUIRE_ALL="1", ALLOW_ABSENT_DATA="1")

    assert run.returncode == 0, run.stdout
    assert "1 passed, 1 skipped" in run.stdout


def test_an_unknown_id_ends_the_run(tmp_path: Path) -> None:
    run = run_pytest(tmp_path, MODULE.replace("CUS-39", "CUS-9999"))

    assert run.returncode == 4
    assert "spec CUS-9999" in run.stderr


def test_a_row_with_one_failing_test_is_not_proven() -> None:
    tests = [
        {"outcome": "passed", "spec": ["CUS-01", "CUS-04"]},
        {"outcome": "failed", "spec": ["CUS-04"]},
    ]
    rows = [
        {"id": "CUS-01", "slice": "1", "group": "records"},
        {"id": "CUS-04", "slice": "1", "group": "records"},
        {"id": "CUS-05", "slice": "2", "group": "leads"},
    ]

    lines = status_lines("Requirements", rows, proven_ids(tests, "spec"), ("slice", "group"))

    text = "\n".join(" ".join(line.split()) for line in lines)
    assert "Requirements: 1 / 3 proven" in text
    assert "1 / 2 1 · records" in text
    assert "0 / 1 2 · leads" in text
    assert "not yet proven: CUS-04 CUS-05" in text


def test_the_lists_hold_every_row_once() -> None:
    counts = {}
    for kind, path in LISTS.items():
        rows = path.read_text(encoding="utf-8").splitlines()[1:]
        counts[kind] = (len(rows), len(known_ids(path)))
    assert counts == {"spec": (437, 437), "check": (106, 106)}
