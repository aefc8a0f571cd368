"""The campaigns that the demo company tells of, and which leads came in through them.

A lead never changes the campaign it names, so leads are written with it: one in three of the days,
the project and the channels of a campaign that has begun.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from crm_site.demo.company import PROJECTS

EVERY: Final = 3
HOME: Final = PROJECTS[0][0]  # code of the project that has the campaigns


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign of the demo: its days from today, how far it went, its mix and budget."""

    code: str
    name: str
    kind: str
    phase: str
    days: tuple[int, int]
    until: str
    mix: dict[str, int]
    budget: int
    expected: tuple[int, int, int, int]
    aim: str
    ordered_by: str = ""


TOLD: Final = (
    Told(
        "lake-video",
        "湖畔短视频季",
        "digital",
        "peak",
        (-100, -65),
        "reviewed",
        {"short_video": 70, "wechat": 30},
        420_000,
        (800_000, 260, 120, 12),
        "新增有效线索 260 条",
    ),
    Told(
        "owner-referral",
        "业主老带新",
        "network",
        "peak",
        (-80, -50),
        "reviewed",
        {"referral": 100},
        120_000,
        (6_000, 60, 40, 10),
        "老业主带访 40 组",
    ),
    Told(
        "garden-open",
        "示范区实景开放",
        "scene",
        "peak",
        (-60, -35),
        "ended",
        {"walk_in": 60, "wechat": 40},
        260_000,
        (90_000, 150, 110, 8),
        "到访 110 组，体验分 85",
    ),
    Told(
        "autumn-billboard",
        "环线户外大牌",
        "advert",
        "peak",
        (-30, 20),
        "running",
        {"walk_in": 80, "property_portal": 20},
        480_000,
        (2_000_000, 120, 60, 5),
        "客群认知度提升",
    ),
    Told(
        "year-end-gift",
        "岁末置业礼",
        "promotion",
        "peak",
        (10, 45),
        "approved",
        {"wechat": 50, "referral": 50},
        180_000,
        (150_000, 90, 50, 9),
        "岁末成交 9 套",
    ),
    Told(
        "rush-weekend",
        "周末特惠专场",
        "event",
        "peak",
        (5, 8),
        "draft",
        {"walk_in": 100},
        60_000,
        (10_000, 40, 30, 3),
        "清尾货 3 套",
        "区域总经理",
    ),
)


def campaign_of_lead(
    *, project: str, source: str, received_at: datetime, number: int, now: datetime
) -> str:
    """Return the code of the campaign that the lead with this number names, or "none"."""
    if project != HOME or number % EVERY:
        return "none"
    day, today = timezone.localdate(received_at), timezone.localdate(now)
    for told in TOLD:
        first, last = (today + timedelta(days=days) for days in told.days)
        if source in told.mix and first <= day <= last and told.until not in ("draft", "approved"):
            return told.code
    return "none"
