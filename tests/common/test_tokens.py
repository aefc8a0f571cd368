"""Contrast of every pair of text and ground, in both themes (WCAG 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent.parent / "static" / "css"
SURFACES = ("page", "surface", "sunk", "hover", "selected")
TEXT_PAIRS = [
    *[(text, ground) for text in ("text", "text-2", "text-3") for ground in SURFACES],
    *[("link", ground) for ground in ("page", "surface", "hover", "selected", "blue-bg")],
    *[(tone, f"{tone}-bg") for tone in ("red", "amber", "green", "blue", "gray")],
    *[(tone, "surface") for tone in ("red", "amber", "green", "blue", "gray")],
    *[(f"g{grade}", f"g{grade}-bg") for grade in "abcd"],
    ("ge", "surface"),
    *[(f"tier-{level}", "surface") for level in ("silver", "gold", "platinum")],
    *[("on-primary", ground) for ground in ("primary", "primary-hover", "danger", "danger-hover")],
    *[(text, "side-bg") for text in ("side-text", "side-text-2")],
    ("side-on-text", "side-on"),
    *[(f"heat-t{step}", f"heat-{step}") for step in range(1, 6)],
]
GRAPHIC_PAIRS = [
    *[(f"{tone}-solid", "surface") for tone in ("red", "amber", "green", "blue", "gray")],
    *[(name, "surface") for name in ("control", "focus", "viz-1", "viz-prev", "viz-neg")],
    ("focus", "page"),
]


def tokens(*files: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in files:
        text = (CSS / name).read_text("utf-8")
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\b", text))
    return found


THEMES = {"light": tokens("tokens.css"), "dark": tokens("tokens.css", "dark.css")}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_twenty_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.check("B-02")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_reaches_four_and_a_half(theme, text, ground):
    values = THEMES[theme]
    assert contrast(values[text], values[ground]) >= 4.5


@pytest.mark.check("B-02")
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), GRAPHIC_PAIRS)
def test_graphics_and_outlines_reach_three(theme, mark, ground):
    values = THEMES[theme]
    assert contrast(values[mark], values[ground]) >= 3


def test_dark_names_every_colour_of_light():
    light, dark = tokens("tokens.css"), tokens("dark.css")
    assert set(light) == set(dark)


def test_pages_of_staff_load_at_most_sixty_kilobytes_of_style():
    names = ("tokens", "dark", "frame", "parts", "screens")
    assert sum((CSS / f"{name}.css").stat().st_size for name in names) <= 60 * 1024


def test_components_use_no_colour_outside_the_tokens():
    allowed = {"#fff", "#000", "#cf1322", "#91caff", "#35506b", "#bbb", "#595959"}
    for name in ("frame", "parts", "screens"):
        used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", (CSS / f"{name}.css").read_text("utf-8")))
        assert used - allowed == set()


def test_every_icon_named_in_a_template_is_in_the_sprite():
    root = CSS.parent.parent
    sprite = (root / "static" / "icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'id="i-([\w-]+)"', sprite))
    named = set()
    for template in (root / "templates").rglob("*.html"):
        named |= set(re.findall(r'\{% icon "([\w-]+)"', template.read_text("utf-8")))
    assert named - drawn == set()
