"""How values are written for people: durations, money, areas, phones, days. No HTML here."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

EMPTY = "--"
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUTE, HOUR, DAY = 60, 3600, 86400
MOBILE_DIGITS = 11
SHORTEST_MASKED = 7
DAYS_WRITTEN_FROM = 72 * HOUR


def dash(value: Any) -> Any:
    """Return `value`, or `--` for None and blank text; zero stays zero."""
    return EMPTY if value is None or (isinstance(value, str) and not value.strip()) else value


def duration(amount: timedelta | int | None) -> str:
    """Return a span with written units, so that minutes are never read as hours.

    Below an hour minutes and seconds, below three days hours and minutes, else days. The sign is
    dropped; `--` for None.
    """
    if amount is None:
        return EMPTY
    span = amount.total_seconds() if isinstance(amount, timedelta) else amount
    seconds = abs(int(span))
    if seconds < HOUR:
        return _("%(m)s min %(s)s s") % {"m": seconds // MINUTE, "s": f"{seconds % MINUTE:02d}"}
    if seconds < DAYS_WRITTEN_FROM:
        minutes = seconds % HOUR // MINUTE
        return _("%(h)s h %(m)s min") % {"h": seconds // HOUR, "m": f"{minutes:02d}"}
    days = seconds // DAY
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def phone(number: str | None) -> str:
    """Return a number as read aloud: 138 0013 8000 for mainland mobiles, others unchanged."""
    digits = (number or "").removeprefix("+86").strip()
    if len(digits) == MOBILE_DIGITS and digits.isdigit():
        return NO_BREAK.join((digits[:3], digits[3:7], digits[7:]))
    return number or EMPTY


def phone_masked(number: str | None) -> str:
    """Return the number with its middle hidden (138 **** 1402); short ones wholly hidden."""
    digits = (number or "").removeprefix("+86").strip()
    if not digits:
        return EMPTY
    if len(digits) < SHORTEST_MASKED:
        return "****"
    return NO_BREAK.join((digits[:3], "****", digits[-4:]))


def name_masked(name: str | None) -> str:
    """Return a person's name with the inner characters hidden (张*丰, 李*)."""
    text = (name or "").strip()
    if not text:
        return EMPTY
    if len(text) == 1:
        return "*"
    return text[0] + "*" * max(1, len(text) - 2) + (text[-1] if len(text) > 2 else "")


def money_wan(yuan: Any) -> str:
    """Return an amount of yuan in tens of thousands: 3680000 → 368.0 万, in English ¥3.680M."""
    amount = _decimal(yuan)
    if amount is None:
        return EMPTY
    wan = (amount / 10_000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if (get_language() or "").startswith("en"):
        return f"¥{wan / 100:,.3f}M"
    return _("%(amount)s ten thousand yuan") % {"amount": f"{wan:,.1f}"}


def money(yuan: Any) -> str:
    """Return an amount of yuan with sign and thousands: ¥1,280,000; cents if there are any."""
    value = _decimal(yuan)
    sign = "-" if value is not None and value < 0 else ""
    return EMPTY if value is None else f"{sign}¥{amount(abs(value))}"


def amount(number: Any) -> str:
    """Return an amount with thousands where its heading names the unit: 1,280,000 or 12.50."""
    value = _decimal(number)
    if value is None:
        return EMPTY
    places = 0 if value == value.to_integral_value() else 2
    return f"{value:,.{places}f}"


def area(square_metres: Any) -> str:
    """Return an area in square metres, at most two decimals: 128.6㎡."""
    amount = _decimal(square_metres)
    if amount is None:
        return EMPTY
    text = f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):f}".rstrip("0").rstrip(".")
    return f"{text}㎡"


def percent(share: Any, places: int = 1) -> str:
    """Return a fraction as per cent: 0.974 → 97.4%; `--` where there is no data."""
    amount = _decimal(share)
    return EMPTY if amount is None else f"{amount * 100:.{places}f}%"


def percent_number(share: Any) -> float:
    """Return a fraction as a number of per cent, to draw: 0.974 → 97.4; 0 without data."""
    amount = _decimal(share)
    return 0.0 if amount is None else float(amount * 100)


def local_dt(moment: datetime | None) -> str:
    """Return a moment in the active time zone as yyyy-MM-dd HH:mm."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else EMPTY


def local_date(day: date | None) -> str:
    """Return a day as yyyy-MM-dd; a moment is taken in the active time zone."""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return day.isoformat() if day else EMPTY


def local_iso(moment: datetime) -> str:
    """Return a moment as machines read it, with the offset of the active time zone."""
    return timezone.localtime(moment).isoformat()


def local_time(moment: datetime | None) -> str:
    """Return the time of day in the active time zone as HH:mm."""
    return timezone.localtime(moment).strftime("%H:%M") if moment else EMPTY


def short_when(value: date | None) -> str:
    """Return a moment or day as people say it, seen from now in the active time zone.

    Today, tomorrow or yesterday, the weekday within a week, else MM-dd; moments with HH:mm, in
    other years the whole day alone.
    """
    if value is None:
        return EMPTY
    today = timezone.localdate()
    if not isinstance(value, datetime):
        return relative_day(value, today)
    local = timezone.localtime(value)
    day, distance = relative_day(local.date(), today), (local.date() - today).days
    is_near = local.year == today.year or -1 <= distance < 7
    return f"{day} {local:%H:%M}" if is_near else day


def relative_day(day: date | None, today: date) -> str:
    """Return today, tomorrow, yesterday, the weekday within a week, else MM-dd (or yyyy-MM-dd)."""
    if day is None:
        return EMPTY
    distance = (day - today).days
    if -1 <= distance <= 2:
        return (_("today"), _("tomorrow"), _("in 2 days"), _("yesterday"))[distance]
    if 0 < distance < 7:
        return weekday(day)
    return day.strftime("%m-%d") if day.year == today.year else day.isoformat()


def weekday(day: date) -> str:
    """Return the short name of the weekday."""
    names = (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )
    return names[day.weekday()]


def _decimal(value: Any) -> Decimal | None:
    """Return `value` as Decimal, None for nothing and for what is not a number."""
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
