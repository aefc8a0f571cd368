"""Every icon and shape that a template or a mark names is in the drawing of all of them."""

import re
from pathlib import Path

from crm_site.common.marks import all_marks

ROOT = Path(__file__).parents[2]
DRAWN = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (ROOT / "static/icons.svg").read_text()))
TAG = re.compile(r'\{% tag (?:[\w.]+|"[^"]*") "\w*" "(\w+)"')
SHAPE = re.compile(r'\{% shape "(\w+)"')
ICON = re.compile(r'\{% icon "(\w+)"')


def named() -> set[tuple[str, str]]:
    found = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        for kind, pattern in (("s", TAG), ("s", SHAPE), ("i", ICON)):
            found |= {(f"{kind}-{name}", path.name) for name in pattern.findall(text)}
    return found


def test_every_named_shape_and_icon_is_drawn() -> None:
    assert len(named()) > 40
    assert {pair for pair in named() if pair[0] not in DRAWN} == set()


def test_every_shape_of_a_mark_is_drawn() -> None:
    shapes = {mark.shape for mark in all_marks() if mark.shape}
    assert len(shapes) > 5
    assert {f"s-{shape}" for shape in shapes} - DRAWN == set()
