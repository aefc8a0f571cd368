"""Where other parts join in the life of a campaign, without campaigns knowing them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm_site.common.navigation import Label

Gate = Callable[[Any, dt.datetime], "str | None"]
Step = Callable[[Any, str, Any, dt.datetime], None]
Exposure = Callable[[Sequence[str]], Mapping[str, int]]
Segments = Callable[[Any], Sequence[tuple[int, str]]]
Satisfaction = Callable[[Mapping[str, list[int]]], Mapping[str, "tuple[Decimal, int]"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A card of another part on the page of a campaign; ``build`` returns what it prints."""

    key: str
    title: Label
    template: str
    build: Callable[[Any, Any], dict[str, Any]]
    permission: str = ""


_GATES: dict[str, Gate] = {}
_STEPS: dict[str, Step] = {}
_EXPOSURE: dict[str, Exposure] = {}
_SATISFACTION: dict[str, Satisfaction] = {}
_PANELS: dict[str, Panel] = {}
_SEGMENTS: dict[str, Segments] = {}


def register_launch_gate(name: str, gate: Gate) -> None:
    """Ask ``gate(campaign, now)`` before a launch; words it returns hold the launch up."""
    _GATES[name] = gate


def register_follow_up(name: str, step: Step) -> None:
    """Call ``step(campaign, state, actor, now)`` in the transaction of a change of state.

    ``actor`` is None where the last day of the campaign ended it.
    """
    _STEPS[name] = step


def register_exposure_source(name: str, source: Exposure) -> None:
    """Bring how often campaigns were seen, by their codes."""
    _EXPOSURE[name] = source


def register_satisfaction_source(name: str, source: Satisfaction) -> None:
    """Bring mean (1 to 10) and number of answers of the customers each campaign gained."""
    _SATISFACTION[name] = source


def register_campaign_panel(panel: Panel) -> None:
    """Show a card of another part on the page of a campaign."""
    _PANELS[panel.key] = panel


def register_segment_source(name: str, source: Segments) -> None:
    """Bring the segments a campaign can be for: key and name of those a person sees."""
    _SEGMENTS[name] = source


def segments_for(user: Any) -> list[tuple[int, str]]:
    """Return the segments ``user`` can choose."""
    return [one for source in _SEGMENTS.values() for one in source(user)]


def forget(*names: str) -> None:
    """Take away what was registered under these names; of use in tests only."""
    kept: tuple[dict[str, Any], ...] = (
        _GATES,
        _STEPS,
        _EXPOSURE,
        _SATISFACTION,
        _PANELS,
        _SEGMENTS,
    )
    for known in kept:
        for name in names:
            known.pop(name, None)


def held_up_by(campaign: Any, now: dt.datetime) -> list[str]:
    """Return what other parts say against a launch."""
    return [words for gate in _GATES.values() if (words := gate(campaign, now))]


def follow(campaign: Any, state: str, actor: Any, now: dt.datetime) -> None:
    """Tell the other parts that a campaign changed its state."""
    for step in _STEPS.values():
        step(campaign, state, actor, now)


def exposure_of(codes: Sequence[str]) -> dict[str, int]:
    """Return how often campaigns were seen; of several sources the sum."""
    found: dict[str, int] = {}
    for source in _EXPOSURE.values():
        for code, number in source(codes).items():
            found[code] = found.get(code, 0) + number
    return found


def satisfaction_of(gained: Mapping[str, list[int]]) -> dict[str, tuple[Decimal, int]]:
    """Return mean and number of answers of the customers gained, by campaign; weighted."""
    sums: dict[str, tuple[Decimal, int]] = {}
    for source in _SATISFACTION.values():
        for code, (mean, number) in source(gained).items():
            total, count = sums.get(code, (Decimal(0), 0))
            sums[code] = (total + mean * number, count + number)
    return {code: (total / count, count) for code, (total, count) in sums.items() if count}


def panels_for(campaign: Any, user: Any) -> list[tuple[Panel, dict[str, Any]]]:
    """Return the cards of other parts that ``user`` may see, with what they print."""
    return [
        (panel, panel.build(campaign, user))
        for panel in _PANELS.values()
        if not panel.permission or user.has_perm(panel.permission)
    ]
