"""The shape of the code base: small files, partials that exist, no forbidden shortcuts."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("crm_site", "customers", "marketing", "service", "analytics")
LONGEST_MODULE = 400
LONGEST_TEMPLATE = 150
PARTIAL_NAME = re.compile(r'"([\w/]+\.html)#(\w+)"')
TEMPLATE_NAME = re.compile(r'"([\w/]+\.html)"')
PARTIAL_ARGUMENT = re.compile(r'partial="(\w+)"')


def modules(*places: str) -> list[Path]:
    found = [path for place in places for path in (ROOT / place).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_a_room() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines_of(path)
        for path in modules(*APPS, "tests", "benchmarks")
        if lines_of(path) > LONGEST_MODULE
    }
    assert too_long == {}


def test_no_template_is_longer_than_a_page() -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines_of(path)
        for path in (ROOT / "templates").rglob("*.html")
        if lines_of(path) > LONGEST_TEMPLATE
    }
    assert too_long == {}


def test_every_template_named_in_python_exists() -> None:
    missing = []
    for path in modules(*APPS):
        for name in TEMPLATE_NAME.findall(path.read_text(encoding="utf-8")):
            if not (ROOT / "templates" / name).exists():
                missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert missing == []


def test_every_partial_named_in_python_exists() -> None:
    missing = []
    for path in modules(*APPS):
        for template, partial in PARTIAL_NAME.findall(path.read_text(encoding="utf-8")):
            text = (ROOT / "templates" / template).read_text(encoding="utf-8")
            if f"partialdef {partial}" not in text:
                missing.append(f"{path.relative_to(ROOT)}: {template}#{partial}")
    assert missing == []


def test_every_partial_argument_is_defined_in_a_template_of_the_module() -> None:
    missing = []
    for path in modules(*APPS):
        text = path.read_text(encoding="utf-8")
        templates = [ROOT / "templates" / name for name in TEMPLATE_NAME.findall(text)]
        bodies = "".join(t.read_text(encoding="utf-8") for t in templates if t.exists())
        for partial in PARTIAL_ARGUMENT.findall(text):
            if bodies and f"partialdef {partial}" not in bodies:
                missing.append(f"{path.relative_to(ROOT)}: {partial}")
    assert missing == []


@pytest.mark.parametrize(
    "forbidden",
    [
        "csrf_exempt",
        "mark_safe(",
        ".extra(",
        '"__all__"',
        "post_save",
        "GenericForeignKey",
    ],
)
def test_shortcut_is_not_taken(forbidden: str) -> None:
    users = [
        str(path.relative_to(ROOT))
        for path in modules(*APPS)
        if forbidden in path.read_text(encoding="utf-8")
    ]
    assert users == []


@pytest.mark.parametrize(
    "pattern", [r"<script(?![^>]*\bsrc=)(?![^>]*json)", r"\sstyle=\"", r"\son\w+=\""]
)
def test_no_inline_script_style_or_handler_in_templates(pattern: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_third_party_origin_in_templates_and_scripts() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match}"
        for folder in ("templates", "static")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".js", ".css", ".svg"}
        for match in re.findall(
            r"(?:src|href|url\()=?[\"'(]?(https?://[^\s\"')]+)", path.read_text("utf-8")
        )
    ]
    assert found == []
