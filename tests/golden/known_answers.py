"""Where known-answer cases and the data they name lie; one test module per kind reads them here.

A new kind needs two things: its JSON file in the folder and ``test_<kind>.py`` beside this module.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.servers import REASON_OF_ABSENT_DATA

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

OF_THE_HARNESS = "every_kind"

Check = Callable[[str, Any], None]


def golden_folder() -> Path:
    """Return the folder of the cases: GOLDEN_DIR, relative to the repository, or our own."""
    return ROOT / os.environ.get("GOLDEN_DIR", "tests/golden/data")


def kinds() -> list[str]:
    """Return the kinds of cases in the folder: the names of its JSON files."""
    return sorted(path.stem for path in golden_folder().glob("*.json"))


def runners() -> list[str]:
    """Return the kinds that a test module knows how to run."""
    names = {path.stem.removeprefix("test_") for path in HERE.glob("test_*.py")}
    return sorted(names - {OF_THE_HARNESS})


def kinds_without_runner(present: list[str], known: list[str]) -> list[str]:
    """Return the kinds that nothing runs."""
    return [kind for kind in present if kind not in known]


def known_answers(kind: str, checks: dict[str, Check]) -> list[Any]:
    """Return one parameter (check, name, case) per case of each section of the kind's file.

    A section is a list of cases, an object of named cases, or one case with ``input`` and
    ``expected``; a section that the file does not have adds nothing.
    """
    content = json.loads((golden_folder() / f"{kind}.json").read_text(encoding="utf-8"))
    return [
        pytest.param(check, name, case, id=f"{section}: {name}")
        for section, check in checks.items()
        for name, case in _cases(content.get(section, []))
    ]


def whole_case(kind: str) -> Any:
    """Return the case of a kind whose file is one case, with ``input`` and ``expected``."""
    return json.loads((golden_folder() / f"{kind}.json").read_text(encoding="utf-8"))


def data_path(name: str) -> Path:
    """Return the file a case names, under GOLDEN_DATA; the name ends at the first space.

    Skip the test if it is not there.
    """
    path = ROOT / os.environ.get("GOLDEN_DATA", "../shared") / name.split(" ", 1)[0]
    if not path.exists():
        pytest.skip(f"{REASON_OF_ABSENT_DATA}: {path.name}")
    return path


def _cases(section: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(section, list):
        for number, case in enumerate(section, start=1):
            yield f"{number} {case.get('name', '')}".strip(), case
    elif "input" in section:
        yield "one", section
    else:
        yield from section.items()
