"""What every template may write: icons, marks, numbers, days, form controls."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Textarea
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm_site.common import display, edits, marks
from crm_site.common.explanation import Bar, bars

register = template.Library()

for _filter in (
    display.dash,
    display.duration,
    display.phone_masked,
    display.name_masked,
    display.money_wan,
    display.money,
    display.amount,
    display.area,
    display.percent,
    display.percent_number,
    display.local_dt,
    display.local_date,
    display.local_iso,
    display.short_when,
    display.local_time,
):
    register.filter(_filter.__name__, _filter)
register.filter("phone_spaced", display.phone)
register.filter(edits.seen_text)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: str = "") -> SafeString:
    """Draw the symbol `name` of the sprite; `size` "i-20" is the larger one."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {size}" if size else "",
        static("icons.svg"),
        name,
    )


@lru_cache(maxsize=32)
def _shape(name: str) -> SafeString:
    return format_html(
        '<svg class="s" aria-hidden="true"><use href="{}#s-{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def shape(name: str) -> SafeString:
    """Draw a status shape: tri, dia, dot, ring, half, tick, cross, sq, up, dn."""
    return _shape(name)


@register.simple_tag
def grade(value: str | None) -> SafeString | str:
    """Draw the customer grade A to E with its words for screen readers.

    "Not assessed" stands for those without one, whether new or refusing it (PIPL, article 24).
    """
    if not value:
        return format_html('<span class="soft t12">{}</span>', marks.NOT_ASSESSED)
    return _grade(value, get_language() or "") if value in marks.GRADES else display.EMPTY


@lru_cache(maxsize=32)
def _grade(value: str, _language: str) -> SafeString:
    words = marks.GRADES[value]
    return format_html(
        '<span class="grade grade-{0}" title="{1}"><span aria-hidden="true">{0}</span>'
        '<span class="sr">{1}</span></span>',
        value,
        words,
    )


@register.simple_tag
def tier(value: str | None) -> SafeString | str:
    """Draw the member level; nothing for those without one."""
    return _tier(value, get_language() or "") if value in marks.TIERS else ""


@lru_cache(maxsize=16)
def _tier(value: str, _language: str) -> SafeString:
    return format_html(
        '<span class="tier tier-{}">{}{}</span>', value, icon("star"), marks.TIERS[value]
    )


@register.simple_tag
def light(value: str | None, reason: str = "") -> SafeString:
    """Draw the risk light (red, amber or yellow, green, none) and, quieter, the reason."""
    head = _light(value or "", get_language() or "")
    why = format_html('<span class="clip soft">{}</span>', reason) if reason else ""
    key = marks.light_for(value)[0]
    return format_html('<span class="light light-{}">{}{}</span>', key, head, why)


@lru_cache(maxsize=32)
def _light(value: str, _language: str) -> SafeString:
    mark = marks.light_for(value)[1]
    return format_html("{}<b>{}</b>", _shape(mark.shape), mark.word)


@register.simple_tag
def badge(kind: str, value: str | None, label: str = "") -> SafeString | str:
    """Draw the status `value` of `kind` (registered in common.marks); unknown ones are plain."""
    if not value:
        return display.EMPTY
    return _badge(kind, str(value), str(label), get_language() or "")


@lru_cache(maxsize=1024)
def _badge(kind: str, value: str, label: str, _language: str) -> SafeString:
    mark = marks.mark_for(kind, value)
    if mark is None:
        return format_html('<span class="tag">{}</span>', label or value)
    tone = f" tag-{mark.tone}" if mark.tone else ""
    figure = _shape(mark.shape) if mark.shape else ""
    return format_html('<span class="tag{}">{}{}</span>', tone, figure, label or mark.word)


@register.simple_tag
def tag(text: str, tone: str = "", name: str = "") -> SafeString:
    """Draw a label in a tone (red, amber, green, blue or none) with a shape or none."""
    figure = _shape(name) if name else ""
    return format_html(
        '<span class="tag{}">{}{}</span>', f" tag-{tone}" if tone else "", figure, text
    )


@register.simple_tag
def bar(share: Any, tone: str = "") -> SafeString:
    """Draw a meter filled to `share` per cent (0 to 100); the words stand beside it."""
    width = min(100, max(0, round(float(share or 0))))
    return format_html(
        '<svg class="bar{}" aria-hidden="true"><rect width="{}%" height="4"/></svg>',
        f" bar-{tone}" if tone else "",
        width,
    )


@register.simple_tag
def time_left(due_at: datetime | None, now: datetime | None = None) -> SafeString | str:
    """Draw the time until `due_at`, counting down in the browser; past moments say by how much."""
    if due_at is None:
        return display.EMPTY
    left = int((due_at - (now or timezone.now())).total_seconds())
    text = display.duration(left)
    if left < 0:
        return format_html(
            '<time datetime="{}">{}</time>', due_at.isoformat(), _("%(span)s over") % {"span": text}
        )
    return format_html(
        '<time datetime="{}" data-left="{}">{}</time>', due_at.isoformat(), left, text
    )


@register.filter
def relative_day(day: date | None) -> str:
    """Return the day seen from today: today, tomorrow, Sat, 05-21."""
    if isinstance(day, datetime):
        day = timezone.localtime(day).date()
    return display.relative_day(day, timezone.localdate())


@register.filter
def when(value: date | None) -> SafeString | str:
    """Draw a moment or day as people say it ("today 14:00"), the whole of it in its title."""
    if value is None:
        return display.EMPTY
    if isinstance(value, datetime):
        exact, full = display.local_iso(value), display.local_dt(value)
    else:
        exact, full = value.isoformat(), display.local_date(value)
    shown = display.short_when(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', exact, full, shown)


@register.filter
def on_day(value: date | None) -> SafeString | str:
    """Draw the day of a moment like ``when``, without the time of day."""
    return when(timezone.localtime(value).date() if isinstance(value, datetime) else value)


@register.filter
def explanation_bars(parts: Iterable[tuple[str, Any]]) -> list[Bar]:
    """Return the bars for components/why.html from (label, points); the first is the base."""
    return bars(parts)


@register.filter
def undo_url(message: Any) -> str:
    """Return the address that undoes what `message` reports (extra tag ``undo=/path/``)."""
    for part in (message.extra_tags or "").split():
        if part.startswith("undo=/") and not part.startswith("undo=//"):
            return str(part.removeprefix("undo="))
    return ""


@register.simple_tag
def idempotency_key() -> SafeString:
    """Draw a hidden field with a fresh key, so that a repeated submit is answered, not repeated."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid.uuid4())


@register.filter
def error_count(form: Any) -> int:
    """Return how many errors a bound form holds."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Tell whether the field is one lone check box."""
    widget = field.field.widget
    return isinstance(widget, CheckboxInput) and not isinstance(widget, CheckboxSelectMultiple)


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw the field's widget with our class and its described-by ids."""
    attrs: dict[str, Any] = {}
    if not is_checkbox(field):
        attrs["class"] = f"{field.field.widget.attrs.get('class', '')} in".strip()
    if isinstance(field.field.widget, Textarea) and field.field.widget.attrs.get("rows") == "10":
        attrs["rows"] = 4  # Django's default is half a screen
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        attrs["aria-invalid"] = "true"
        described.append(f"{field.auto_id}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.filter
def count_text(page: Any) -> str:
    """Return how many rows match; beyond the exact limit "10,000+"."""
    if page.count is None:
        return _("more than %(n)s records") % {"n": f"{page.count_limit:,}"}
    return _("%(n)s records") % {"n": f"{page.count:,}"}


@register.filter
def sort_url(page: Any, key: str) -> str:
    """Return the address of the list sorted by `key`, turned round if it is so already."""
    return str(page.sort_url(key))


@register.filter
def size_url(page: Any, size: int) -> str:
    """Return the address of the list with `size` rows per page."""
    return str(page.size_url(size))


@register.filter
def sort_direction(page: Any, key: str) -> str:
    """Return the aria-sort value of the column `key`, empty if the list is sorted by another."""
    if page.sort.lstrip("-") != key:
        return ""
    return "descending" if page.sort.startswith("-") else "ascending"


@register.filter
def sort_icon(page: Any, key: str) -> str:
    """Return the icon that shows how the column `key` is sorted."""
    return {"ascending": "up", "descending": "desc"}.get(sort_direction(page, key), "sort")
