"""Writes what each test proved to a JSON file, for `make spec`.

`--spec-report=FILE` names the file. The markers `spec` and `check` hold ids of
`docs/requirements.csv` and `docs/checks.csv`; an unknown id ends the run.
"""

import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parent.parent.parent / "docs"
LISTS = {"spec": DOCS / "requirements.csv", "check": DOCS / "checks.csv"}
# Arguments of `make test` that leave no test out, and their values.
LEAVE_NOTHING_OUT = ("--spec-report", "-n", "auto", "--dist", "loadfile")
WORST_FIRST = ("failed", "skipped", "passed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--spec-report`."""
    parser.addoption("--spec-report", metavar="FILE", help="write the report for `make spec`")


def pytest_configure(config: pytest.Config) -> None:
    """Collect outcomes in the process that sees all of them."""
    path = config.getoption("--spec-report")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(SpecReport(Path(path), config.invocation_params.args))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note each test's ids where they travel with its reports; refuse unknown ids."""
    known = {kind: known_ids(path) for kind, path in LISTS.items()}
    unknown = []
    for item in items:
        for kind, ids in known.items():
            marked = [str(id_) for marker in item.iter_markers(kind) for id_ in marker.args]
            if marked:
                item.user_properties.append((kind, sorted(set(marked))))
            unknown += [f"{item.nodeid}: {kind} {id_}" for id_ in marked if id_ not in ids]
    if unknown:
        raise pytest.UsageError("Unknown ids in markers:\n" + "\n".join(unknown))


def known_ids(path: Path) -> set[str]:
    """Return the ids in a list of requirements or checks."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["id"] for row in csv.DictReader(file)}


class SpecReport:
    """The worst outcome of each test's phases, written when the run ends."""

    def __init__(self, path: Path, arguments: Iterable[str]) -> None:
        """Write to `path`; `arguments` tell a partial run from a whole one."""
        self._path = path
        self._arguments = [part for part in arguments if not part.startswith(LEAVE_NOTHING_OUT)]
        self._tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the outcome of one phase (setup, call, teardown) of one test."""
        ids = dict(report.user_properties)
        test = self._tests.setdefault(
            report.nodeid,
            {
                "nodeid": report.nodeid,
                "outcome": "passed",
                "spec": ids.get("spec", []),
                "check": ids.get("check", []),
            },
        )
        test["outcome"] = min(test["outcome"], report.outcome, key=WORST_FIRST.index)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Write the report whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(f".{os.getpid()}")
        content = {
            "arguments": self._arguments,
            "exit_status": int(exitstatus),
            "tests": list(self._tests.values()),
        }
        partial.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        partial.replace(self._path)
