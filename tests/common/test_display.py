"""How values are written, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from crm_site.common import display
from crm_site.common.explanation import bars
from crm_site.common.templatetags import crm


@pytest.fixture(params=["zh-hans", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


def both(language, chinese, english):
    return chinese if language == "zh-hans" else english


def test_a_moment_is_told_as_people_say_it(language, monkeypatch):
    monkeypatch.setattr(display.timezone, "localdate", lambda: date(2026, 5, 20))
    written = [
        display.short_when(moment)
        for moment in (
            datetime(2026, 5, 19, 16, 5, tzinfo=UTC),
            datetime(2026, 5, 20, 16, 5, tzinfo=UTC),
            datetime(2026, 5, 18, 16, 5, tzinfo=UTC),
            datetime(2026, 5, 22, 16, 5, tzinfo=UTC),
            datetime(2026, 6, 22, 16, 5, tzinfo=UTC),
            datetime(2025, 12, 31, 15, 59, tzinfo=UTC),
            date(2026, 5, 21),
            None,
        )
    ]
    days = both(
        language, ("今天", "明天", "昨天", "周六"), ("today", "tomorrow", "yesterday", "Sat")
    )
    assert written == [f"{day} 00:05" for day in days] + [
        *("06-23 00:05", "2025-12-31", both(language, "明天", "tomorrow"), "--"),
    ]


def test_what_is_said_shortly_stands_whole_in_the_title(monkeypatch):
    monkeypatch.setattr(display.timezone, "localdate", lambda: date(2026, 5, 20))
    with translation.override("zh-hans"):
        assert crm.when(datetime(2026, 5, 20, 16, 5, tzinfo=UTC)) == (
            '<time datetime="2026-05-21T00:05:00+08:00" title="2026-05-21 00:05">明天 00:05</time>'
        )
        assert crm.when(date(2026, 5, 19)) == (
            '<time datetime="2026-05-19" title="2026-05-19">昨天</time>'
        )
        assert crm.when(None) == "--"


def test_a_share_becomes_the_length_of_a_bar():
    assert display.percent_number(Decimal("0.974")) == pytest.approx(97.4)
    assert display.percent_number(None) == 0


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0, "0分00秒", "0 min 00 s"),
        (2592, "43分12秒", "43 min 12 s"),
        (3599, "59分59秒", "59 min 59 s"),
        (3600, "1小时00分", "1 h 00 min"),
        (12480, "3小时28分", "3 h 28 min"),
        (72 * 3600 - 1, "71小时59分", "71 h 59 min"),
        (72 * 3600, "3 天", "3 days"),
        (-60, "1分00秒", "1 min 00 s"),
    ],
)
def test_duration_writes_its_units(language, seconds, chinese, english):
    assert display.duration(seconds) == both(language, chinese, english)
    assert display.duration(timedelta(seconds=seconds)) == both(language, chinese, english)


@pytest.mark.parametrize(
    ("yuan", "chinese", "english"),
    [
        (3_680_000, "368.0 万", "¥3.680M"),
        (Decimal("12345678"), "1,234.6 万", "¥12.346M"),
        (0, "0.0 万", "¥0.000M"),
        (None, "--", "--"),
        ("", "--", "--"),
        ("NaN", "--", "--"),
    ],
)
def test_money_in_tens_of_thousands(language, yuan, chinese, english):
    assert display.money_wan(yuan) == both(language, chinese, english)


@pytest.mark.parametrize(
    ("yuan", "written"),
    [(1280000, "¥1,280,000"), ("1280000.50", "¥1,280,000.50"), (-5, "-¥5"), (None, "--")],
)
def test_money_in_yuan(yuan, written):
    assert display.money(yuan) == written


@pytest.mark.parametrize(
    ("number", "written"),
    [(None, display.EMPTY), (0, "0"), ("92520.00", "92,520"), ("-1234.5", "-1,234.50")],
)
def test_amounts_under_a_heading_that_names_the_unit(number, written):
    assert display.amount(number) == written


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800131402", "138\xa0****\xa01402"),
        ("+8613800131402", "138\xa0****\xa01402"),
        ("057188123456", "057\xa0****\xa03456"),
        ("12345", "****"),
        ("", "--"),
        (None, "--"),
    ],
)
def test_phone_hides_its_middle(number, masked):
    assert display.phone_masked(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张*丰"), ("李四", "李*"), ("欧阳静怡", "欧**怡"), ("王", "*"), (None, "--")],
)
def test_name_hides_its_inside(name, masked):
    assert display.name_masked(name) == masked


def test_area_share_and_nothing():
    assert display.area("128.60") == "128.6㎡"
    assert display.area(100) == "100㎡"
    assert display.percent("0.974") == "97.4%"
    assert display.percent(None) == "--"
    assert display.dash(0) == 0
    assert display.dash("  ") == "--"


def test_moments_stand_in_shanghai_time():
    moment = datetime(2026, 5, 19, 16, 5, tzinfo=UTC)
    assert display.local_dt(moment) == "2026-05-20 00:05"
    assert display.local_date(moment) == "2026-05-20"
    assert display.local_time(moment) == "00:05"
    assert display.local_dt(None) == "--"


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2026, 5, 20), "今天", "today"),
        (date(2026, 5, 21), "明天", "tomorrow"),
        (date(2026, 5, 19), "昨天", "yesterday"),
        (date(2026, 5, 23), "周六", "Sat"),
        (date(2026, 5, 27), "05-27", "05-27"),
        (date(2026, 5, 17), "05-17", "05-17"),
        (date(2027, 1, 1), "2027-01-01", "2027-01-01"),
    ],
)
def test_days_seen_from_wednesday(language, day, chinese, english):
    assert display.relative_day(day, date(2026, 5, 20)) == both(language, chinese, english)


def test_light_is_shape_word_and_colour(language):
    drawn = crm.light("yellow", "<b>21 days</b>")
    assert 'class="light light-amber"' in drawn
    assert "#s-dia" in drawn
    assert both(language, "黄·关注", "Amber · watch") in drawn
    assert "&lt;b&gt;21 days&lt;/b&gt;" in drawn


def test_unknown_light_is_not_assessed(language):
    assert both(language, "未评估", "Not assessed") in crm.light("purple")


def test_badge_is_drawn_in_the_active_language():
    with translation.override("zh-hans"):
        assert "预留" in crm.badge("unit", "held")
    with translation.override("en"):
        assert "Held" in crm.badge("unit", "held")
    assert crm.badge("unit", None) == "--"
    assert crm.badge("unit", "<script>") == '<span class="tag">&lt;script&gt;</span>'


def test_grade_outside_the_scale_is_empty():
    assert crm.grade("S") == "--"
    assert crm.grade(None) == crm.grade("") == '<span class="soft t12">未评估</span>'
    assert 'class="grade grade-A"' in crm.grade("A")


def test_bar_never_leaves_its_track():
    assert 'width="100%"' in crm.bar(140)
    assert 'width="0%"' in crm.bar(-3)


def test_time_left_counts_down_and_says_how_much_over():
    now = datetime(2026, 5, 20, 2, 32, tzinfo=UTC)
    with translation.override("zh-hans"):
        assert 'data-left="12480">3小时28分<' in crm.time_left(now + timedelta(seconds=12480), now)
        assert ">超 3 天<" in crm.time_left(now - timedelta(days=3), now)
        assert crm.time_left(None, now) == "--"


def test_explanation_bars_follow_each_other_and_end_at_the_sum():
    drawn = bars([("base", 40), ("power", 18), ("lost", -9)])
    assert [(b.kind, b.start, b.width, b.text) for b in drawn] == [
        ("base", 0.0, 68.97, "40"),
        ("", 68.97, 31.03, "+18"),
        ("neg", 84.48, 15.52, "−9"),
    ]
    assert drawn[0].points + drawn[1].points + drawn[2].points == 49


def test_explanation_below_zero_moves_the_zero_line():
    drawn = bars([("base", 10), ("lost", -30)])
    assert [(b.start, b.width, b.zero) for b in drawn] == [
        (66.67, 33.33, 66.67),
        (0.0, 100.0, 66.67),
    ]
