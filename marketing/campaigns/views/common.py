"""What the pages of campaigns share."""

import datetime as dt
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_date

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from marketing.campaigns.models import Campaign

FORM = "marketing/campaigns/form.html"
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


def get_campaign(request: HtmxHttpRequest, key: int) -> Campaign:
    """Return the campaign; 404 where it is missing or of another place."""
    rows = Campaign.objects.visible_to(current_user(request))
    rows = rows.select_related("project", "region", "owner", "goal")
    found: Campaign | None = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def found_or_404(rows: Any, key: int) -> Any:
    """Return the row with the key among ``rows``; 404 else."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def day_asked(request: HtmxHttpRequest) -> dt.date:
    """Return the day that ``?day=`` names, today where it names none."""
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return day if day and EARLIEST <= day <= LATEST else timezone.localdate()


def year_asked(request: HtmxHttpRequest) -> int:
    """Return the year that ``?year=`` names, this one where it names none."""
    number = number_asked(request, "year")
    return number if EARLIEST.year <= number <= LATEST.year else timezone.localdate().year


def number_asked(request: HtmxHttpRequest, name: str) -> int:
    """Return the number under ``name`` in the query, 0 where there is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
