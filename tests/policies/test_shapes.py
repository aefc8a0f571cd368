"""JSON to dataclass and back, and errors that name the field."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from crm_site.policies.errors import ShapeError
from crm_site.policies.shapes import from_json, setting, to_json
from tests.policies.samples import Mode, Part, Sample


def test_a_value_survives_the_way_through_json():
    value = Sample(
        cap=7,
        rate=Decimal("0.125"),
        mode=Mode.HARD,
        is_open=False,
        steps=(10, 20, 30),
        shares={"x": 1, "y": 99},
        part=Part(days=9),
        note="三",
    )
    assert from_json(Sample, json.loads(json.dumps(to_json(value)))) == value


@dataclass(frozen=True, slots=True)
class Dated:
    start: datetime
    day: date


def test_days_and_moments_survive_too():
    raw = {"start": "2026-05-20T10:32:00+08:00", "day": "2026-05-20"}
    value = from_json(Dated, raw)
    assert value.day == date(2026, 5, 20)
    assert to_json(value) == raw


def test_missing_fields_take_the_default_and_required_ones_are_named():
    assert from_json(Sample, {}) == Sample()
    with pytest.raises(ShapeError) as caught:
        from_json(Dated, {})
    assert set(caught.value.errors) == {"start", "day"}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"cap": "ten"}, "cap"),
        ({"cap": 1.5}, "cap"),
        ({"cap": True}, "cap"),
        ({"cap": 0}, "cap"),
        ({"cap": 101}, "cap"),
        ({"rate": 0.1}, "rate"),
        ({"rate": "NaN"}, "rate"),
        ({"rate": None}, "rate"),
        ({"mode": "rude"}, "mode"),
        ({"is_open": 1}, "is_open"),
        ({"steps": 50}, "steps"),
        ({"steps": [50, "x"]}, "steps.1"),
        ({"shares": {"x": "a", "y": 40}}, "shares.x"),
        ({"shares": {"x": -1, "y": 101}}, "shares"),
        ({"shares": {"x": 60, "y": 41}}, "shares"),
        ({"shares": [60, 40]}, "shares"),
        ({"part": {"days": 91}}, "part.days"),
        ({"part": 3}, "part."),
        ({"note": 5}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_wrong_value_is_named(changes, wrong):
    with pytest.raises(ShapeError) as caught:
        from_json(Sample, to_json(Sample()) | changes)
    assert list(caught.value.errors) == [wrong]


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(ShapeError) as caught:
        from_json(Sample, {"cap": 0, "mode": "rude", "part": {"days": 0}})
    assert set(caught.value.errors) == {"cap", "mode", "part.days"}


@pytest.mark.parametrize("payload", [None, [], "text", 5])
def test_a_payload_that_is_no_object_is_refused(payload):
    with pytest.raises(ShapeError):
        from_json(Sample, payload)


def test_limits_are_inclusive():
    assert from_json(Sample, {"cap": 1}).cap == 1
    assert from_json(Sample, {"cap": 100}).cap == 100


def test_words_are_made_in_the_active_language():
    with translation.override("en"), pytest.raises(ShapeError) as caught:
        from_json(Sample, {"cap": 0})
    assert str(caught.value.errors["cap"][0]) == "Give at least 1."


def test_plain_fields_work_beside_settings():
    @dataclass(frozen=True, slots=True)
    class Plain:
        n: int = 1
        m: int = setting("M", default=2, high=5)

    assert from_json(Plain, {"n": 4}) == Plain(4, 2)
    with pytest.raises(ShapeError):
        from_json(Plain, {"m": 6})
