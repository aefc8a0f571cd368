"""What a dashboard is asked: board, place, period, comparison; all of it lives in the address."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_date

from analytics.dashboards import places
from analytics.dashboards.boards import BY_KEY, Board, boards_for
from analytics.dashboards.models import RULES
from analytics.dashboards.places import Choice
from analytics.dashboards.rules.periods import Compare, PeriodRule, compared, own_period, period_of
from analytics.kpis.kept import Kept, keep
from analytics.kpis.kinds import Asking, Kpi, Period, Place, Reading, day_of
from analytics.kpis.services.reading import read_kpi
from crm_site.staff.models import User

NAMES: Final = ("place", "period", "from", "to", "compare")
T = TypeVar("T")


class NoBoardError(LookupError):
    """This person has no such dashboard, or nothing to see on it."""


class NoPlaceError(LookupError):
    """The place is none of those this person may read figures for."""


@dataclass(frozen=True, slots=True)
class Question:
    """One dashboard as somebody asks for it at a moment."""

    user: User
    board: Board
    choices: tuple[Choice, ...]
    choice: Choice
    rule: PeriodRule
    period: Period
    compare: Compare
    now: dt.datetime
    read: dict[str, Kept] = field(default_factory=dict, compare=False, repr=False)
    again: bool = False  # whether everything is read anew

    def live(self, kpi: Kpi) -> Reading:
        """Return the figure of the period as its rows gave it some minutes ago at most."""
        ask = lambda: read_kpi(kpi.key, self.asking())  # noqa: E731 -- one question
        return self.kept(f"{kpi.key}:{kpi.version}", ask)

    def kept(self, what: str, make: Callable[[], T], *, of: Period | None = None) -> T:
        """Return what ``make`` reads for the place and a period, once in some minutes.

        A place is the same for everybody whose scope holds it; what else may differ is the role's.
        """
        place, period = self.place, of or self.period
        days = f"{period.start}:{period.end}"
        name = f"{what}:{self.user.role}:{place.kind.value}:{place.key}:{days}"
        if name not in self.read:
            self.read[name] = keep(name, make, now=self.now, again=self.again)
        value: T = self.read[name][1]
        return value

    @property
    def as_of(self) -> dt.datetime:
        """Return the moment of the oldest thing that was read for it."""
        return min((at for at, _value in self.read.values()), default=self.now)

    @property
    def place(self) -> Place:
        """Return the place it is read for."""
        return self.choice.place

    @property
    def rule_word(self) -> str:
        """Return what the rule of its period is called."""
        return str(dict(RULES).get(self.rule.value, ""))

    @property
    def base(self) -> Period:
        """Return the period it is compared with."""
        return compared(self.period, self.compare)

    def asking(self, period: Period | None = None) -> Asking:
        """Return the question to a KPI, narrowed to what the person may see."""
        return Asking(period or self.period, self.place, self.now, self.user)

    def of(self, **changes: Any) -> Self:
        """Return the same question with changes."""
        return replace(self, **changes)

    @property
    def query(self) -> dict[str, str]:
        """Return the words by which the address asks it."""
        asked = {"place": self.choice.value, "period": self.rule.value}
        if self.rule is PeriodRule.OWN:
            asked |= {
                "from": self.period.start.isoformat(),
                "to": self.period.last_day.isoformat(),
            }
        return asked | {"compare": self.compare.value}

    def url(self, name: str = "dashboard", **changes: str) -> str:
        """Return the address of a page about this question, some of its words changed."""
        page = reverse(f"analytics:{name}", args=[self.board.key])
        return f"{page}?{urlencode(self.query | changes)}"

    @property
    def here(self) -> str:
        """Return the address of the dashboard itself."""
        return self.url()

    @property
    def now_url(self) -> str:
        """Return the address of its figures alone."""
        return self.url("dashboard-now")

    @property
    def trends_url(self) -> str:
        """Return the address of the lines of its cards."""
        return self.url("dashboard-trends")

    @property
    def pdf_url(self) -> str:
        """Return the address of its PDF."""
        return self.url("dashboard-pdf")

    @property
    def xlsx_url(self) -> str:
        """Return the address of its workbook."""
        return self.url("dashboard-xlsx")

    @property
    def way_url(self) -> str:
        """Return the address of the way to the contract."""
        return self.url("way")

    @property
    def send_url(self) -> str:
        """Return the address of the form that has it sent."""
        return self.url("dashboard-send")


def question_of(
    user: User,
    board_key: str,
    query: Mapping[str, Any],
    *,
    now: dt.datetime,
    project: int | None = None,
) -> Question:
    """Return what an address asks; raise NoBoardError or NoPlaceError.

    An unknown period or comparison is the usual one; an unknown place is an error and never a
    wider one. ``project`` is the project looked at, where the address names no place.
    """
    board = BY_KEY.get(board_key)
    if board is None or not user.has_perm(board.right):
        raise NoBoardError(board_key)
    choices = places.choices_for(user, board)
    named = str(query.get("place", ""))
    choice = places.chosen(choices, named) if named else None
    if named and choice is None:
        raise NoPlaceError(named)
    choice = choice or places.preset(choices, user, project=project)
    if choice is None:
        raise NoBoardError(board_key)
    rule, period = _period(query, day_of(now))
    return Question(
        user=user,
        board=board,
        choices=tuple(choices),
        choice=choice,
        rule=rule,
        period=period,
        compare=_word(Compare, query.get("compare"), Compare.BEFORE),
        now=now,
    )


def first_board(user: User) -> Board:
    """Return the dashboard a person begins with; raise NoBoardError for none."""
    for board in boards_for(user):
        if places.choices_for(user, board):
            return board
    raise NoBoardError("")


def kpi_url(key: str, place: Place, period: Period) -> str:
    """Return the address of the rows behind a figure."""
    asked = {
        "place": places.value_of(place),
        "period": f"{period.start.isoformat()}_{period.last_day.isoformat()}",
    }
    return f"/analytics/kpis/{key}/?{urlencode(asked)}"


def _period(query: Mapping[str, Any], today: dt.date) -> tuple[PeriodRule, Period]:
    rule: PeriodRule = _word(PeriodRule, query.get("period"), PeriodRule.MONTH)
    if rule is PeriodRule.OWN:
        found = own_period(_day(query.get("from")), _day(query.get("to")), today)
        if found is not None:
            return rule, found
        rule = PeriodRule.MONTH
    return rule, period_of(rule, today)


def _day(text: Any) -> dt.date | None:
    try:
        return parse_date(str(text or ""))
    except ValueError:
        return None


def _word(kind: Any, text: Any, otherwise: Any) -> Any:
    return kind(text) if text in {each.value for each in kind} else otherwise
