"""Makes ``leads_cn.csv``: 300 Chinese leads of an invented developer, with planted dirt.

    python tests/data/make_leads_cn.py [--seed 7] [--rows 300] [--today 2026-05-20] [--out FILE]

The same seed and day give the same bytes. The committed file is made with the default day, the
"today" of the tests. Dates lie at most five days before ``--today``, so that clocks start when the
file is imported on that day; make a copy with the current day for a demonstration. Names are
random combinations, phone numbers use the prefix 154, which no carrier gives to consumers.

Planted, each row named by ``DIRT``: full-width digits, a line break after the phone, ten digits, a
landline without its area code, repeated customers, dates in other spellings, a day that does not
exist, text that a spreadsheet would read as a formula, a blank name, an unknown owner, a unknown
project, budgets with 万, as ranges and not as numbers, and marks that turn the reading direction.
"""

import argparse
import csv
import random
from datetime import date, timedelta
from pathlib import Path

HEADERS = [
    "客户姓名", "联系电话", "性别", "来源渠道", "意向项目", "登记时间", "置业顾问", "意向户型",
    "预算", "居住城市", "意向等级", "看房交通", "备注",
]  # fmt: skip
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹"
GIVEN = "嘉怡浩然梓涵雨桐子轩思远欣妍俊杰诗涵明哲若溪文博安琪志强晓梅雪松丽华建国海燕"
SOURCES = ["抖音", "自访", "来电", "贝壳", "老带新", "小红书", "微信", "楼巴巡展", "渠道"]
LAYOUTS = ["两居", "三居", "四居", "三室两厅", "别墅", "复式"]
BUDGETS = ["350万", "300-350万", "420万", "5,200,000", "280万以内", "1.2亿", "600万以上", "480"]
CITIES = ["杭州", "上海市", "苏州", "宁波", "嘉兴"]
TRANSPORT = ["自驾", "地铁", "公交"]
REMARKS = ["周末方便", "想看样板间", "关注学区", "首付已备好", "", ""]
PROJECTS = ["云栖里", "江南里"]
OWNERS = ["林知夏", "陈思远", ""]
TODAY = date(2026, 5, 20)
# row (0-based) -> what is planted there
DIRT = {
    11: "full_width_phone", 23: "line_break_phone", 37: "ten_digits", 41: "no_area_code",
    52: "repeats_row_5", 53: "repeats_row_6_other_project", 66: "han_date", 71: "slash_date",
    79: "no_such_day", 88: "formula_name", 93: "formula_remark", 101: "blank_name",
    117: "unknown_owner", 124: "unknown_project", 139: "budget_words", 143: "reversed_budget",
    155: "right_to_left", 168: "spaced_phone", 180: "no_phone", 199: "future_date",
}  # fmt: skip


def make_rows(*, seed: int, rows: int, today: date) -> list[list[str]]:
    """Return the header and ``rows`` leads whose dates end on ``today``."""
    rng = random.Random(seed)  # noqa: S311 -- test data
    leads = [_lead(rng, number, today) for number in range(rows)]
    for number, kind in DIRT.items():
        if number < rows:
            _PLANT[kind](leads[number], leads, today)
    return [HEADERS, *leads]


def write(path: Path, rows: list[list[str]], *, encoding: str = "utf-8-sig") -> None:
    """Write ``rows`` as CSV."""
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)


def _lead(rng: random.Random, number: int, today: date) -> list[str]:
    name = rng.choice(FAMILY) + "".join(rng.sample(GIVEN, rng.choice([1, 2, 2])))
    day = today - timedelta(days=rng.randrange(0, 6))
    hour = rng.randrange(0, 10) if day == today else rng.randrange(9, 21)
    return [
        name,
        f"154{10_000_000 + seed_step(number):08d}",
        rng.choice(["男", "女", "先生", "女士"]),
        rng.choice(SOURCES),
        rng.choice(PROJECTS),
        f"{day:%Y-%m-%d} {hour:02d}:{rng.randrange(60):02d}",
        rng.choice(OWNERS),
        rng.choice(LAYOUTS),
        rng.choice(BUDGETS),
        rng.choice(CITIES),
        rng.choice(["强", "中", "弱", ""]),
        rng.choice(TRANSPORT),
        rng.choice(REMARKS),
    ]


def seed_step(number: int) -> int:
    """Return digits that differ for every row and do not look counted."""
    return number * 271_829 % 89_999_999


def _set(column: str, value: str):
    place = HEADERS.index(column)

    def plant(lead: list[str], _leads: list[list[str]], _today: date) -> None:
        lead[place] = value

    return plant


def _phone(change):
    def plant(lead: list[str], _leads: list[list[str]], _today: date) -> None:
        lead[1] = change(lead[1])

    return plant


def _repeat(number: int, project: str | None):
    def plant(lead: list[str], leads: list[list[str]], _today: date) -> None:
        lead[:] = leads[number]
        if project:
            lead[4] = project if leads[number][4] != project else PROJECTS[0]

    return plant


def _date(spelling: str, days: int = 1):
    def plant(lead: list[str], _leads: list[list[str]], today: date) -> None:
        lead[5] = f"{today - timedelta(days=days):{spelling}}"

    return plant


_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_PLANT = {
    "full_width_phone": _phone(lambda phone: phone.translate(_FULL_WIDTH)),
    "line_break_phone": _phone(lambda phone: f"{phone}\n"),
    "ten_digits": _phone(lambda phone: phone[:10]),
    "no_area_code": _set("联系电话", "88123456"),
    "repeats_row_5": _repeat(5, None),
    "repeats_row_6_other_project": _repeat(6, PROJECTS[1]),
    "han_date": _date("%Y年%m月%d日"),
    "slash_date": _date("%d/%m/%Y"),
    "no_such_day": _set("登记时间", "2026-02-30 10:00"),
    "formula_name": _set("客户姓名", "=HYPERLINK(“x”)"),
    "formula_remark": _set("备注", "＝1+1"),
    "blank_name": _set("客户姓名", ""),
    "unknown_owner": _set("置业顾问", "查无此人"),
    "unknown_project": _set("意向项目", "不存在的楼盘"),
    "budget_words": _set("预算", "面议"),
    "reversed_budget": _set("预算", "400-300万"),
    "right_to_left": _set("客户姓名", "赵\u202e国栋"),
    "spaced_phone": _phone(lambda phone: f"+86 {phone[:3]}-{phone[3:7]} {phone[7:]}"),
    "no_phone": _set("联系电话", ""),
    "future_date": _date("%Y-%m-%d", days=-30),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "leads_cn.csv")
    options = parser.parse_args()
    write(options.out, make_rows(seed=options.seed, rows=options.rows, today=options.today))


if __name__ == "__main__":
    main()
