"""What an address asks of the KPIs: which place, which days; and its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.kpis import choices
from analytics.kpis.kinds import Asking, Period, Place, ScopeKind, day_of
from analytics.kpis.places import home_of, may_see, places_of
from analytics.kpis.rules.periods import month_of, quarter_of, year_of
from crm_site.staff.models import User

MONTHS: Final = 24
QUARTERS: Final = 8
YEARS: Final = 3
LONGEST: Final = 3 * 366  # days of a free span


@dataclass(frozen=True, slots=True)
class Question:
    """A place and days as asked; ``period_key`` and ``place_key`` are their words in addresses."""

    period: Period
    place: Place
    period_key: str
    place_key: str
    is_readable: bool = True

    def query(self, **more: Any) -> str:
        """Return the query string that asks this, with more conditions."""
        return urlencode({"period": self.period_key, "place": self.place_key, **more})

    def asking(self, user: User, now: datetime, **more: Any) -> Asking:
        """Return what a KPI is asked on behalf of ``user``."""
        return Asking(self.period, self.place, now, user, **more)


def question_of(data: Any, *, user: User, now: datetime) -> Question:
    """Return what an address asks; raise Http404 for a place ``user`` does not see.

    Without a place it is one's own widest, without days the running month; days that cannot be
    read leave the running month, not readable.
    """
    home = home_of(user)
    if home is None:
        raise Http404
    given = data.get("place", "")
    place = place_from(given) if given else home
    if place is None or not may_see(user, place):
        raise Http404
    wanted = data.get("period", "")
    today = day_of(now)
    usual = month_of(today)
    period = period_from(wanted) if wanted else usual
    return Question(
        period or usual,
        place,
        wanted if period and wanted else key_of_period(usual),
        key_of_place(place),
        is_readable=period is not None,
    )


def period_from(text: str) -> Period | None:
    """Return the days of "2026-05", "2026-Q2", "2026" or "2026-05-01_2026-05-20" (both in it).

    None for what cannot be read, and for years nobody asks figures of.
    """
    found = _period_from(text)
    return found if found is not None and found.is_plausible else None


def _period_from(text: str) -> Period | None:
    try:
        if "_" in text:
            first, last = (date.fromisoformat(part) for part in text.split("_"))
            period = Period(first, date.fromordinal(last.toordinal() + 1))
            return period if period.days <= LONGEST else None
        if "-Q" in text:
            year, quarter = text.split("-Q")
            return quarter_of(date(int(year), int(quarter) * 3, 1))
        parts = [int(part) for part in text.split("-")]
        if len(parts) == 1:
            return year_of(date(parts[0], 1, 1))
        year_number, month = parts
        return month_of(date(year_number, month, 1))
    except (ValueError, OverflowError):
        return None


def key_of_period(period: Period) -> str:
    """Return a period as addresses write it."""
    start = period.start
    if period == month_of(start):
        return f"{start:%Y-%m}"
    if period == quarter_of(start):
        return f"{start.year}-Q{(start.month + 2) // 3}"
    if period == year_of(start):
        return f"{start.year}"
    return f"{start}_{period.last_day}"


def place_from(text: str) -> Place | None:
    """Return the place of "company" or "project-12"."""
    kind, _dash, number = text.partition("-")
    try:
        if kind == ScopeKind.COMPANY.value and not number:
            return Place(ScopeKind.COMPANY)
        if not number.isdecimal() or not number.isascii() or len(number) > 18:
            return None
        return Place(ScopeKind(kind), int(number))
    except ValueError:
        return None


def key_of_place(place: Place) -> str:
    """Return a place as addresses write it."""
    return place.kind.value if place.id is None else f"{place.kind.value}-{place.id}"


def words_of_period(period: Period) -> str:
    """Return a period in words."""
    start = period.start
    if period == month_of(start):
        return f"{start:%Y-%m}"
    if period == quarter_of(start):
        words = {"year": start.year, "quarter": (start.month + 2) // 3}
        return _("Q%(quarter)s %(year)s") % words
    if period == year_of(start):
        return f"{start.year}"
    ends = (date_format(day, "SHORT_DATE_FORMAT") for day in (start, period.last_day))
    return " – ".join(ends)


def words_of_place(place: Place, name: str) -> str:
    """Return a place in words: its kind and its name."""
    kind = choices.PLACES[place.kind]
    return f"{kind} · {name}" if name else str(kind)


def period_choices(now: datetime) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Return the months, quarters and years that can be chosen, the latest first."""
    today = day_of(now)
    groups: Sequence[tuple[str | Promise, Any, int]] = (
        (pgettext("kpi", "Months"), month_of, MONTHS),
        (pgettext("kpi", "Quarters"), quarter_of, QUARTERS),
        (pgettext("kpi", "Years"), year_of, YEARS),
    )
    found = []
    for label, of, count in groups:
        period, choices_ = of(today), []
        for _each in range(count):
            choices_.append((key_of_period(period), words_of_period(period)))
            period = of(date.fromordinal(period.start.toordinal() - 1))
        found.append((label, choices_))
    return found


def place_choices(user: User) -> list[tuple[str, str]]:
    """Return the places ``user`` may choose, widest first."""
    return [(key_of_place(place), words_of_place(place, name)) for place, name in places_of(user)]
