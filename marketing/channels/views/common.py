"""What the pages of channels share."""

import datetime as dt
from typing import Any
from urllib.parse import quote

import qrcode
import qrcode.image.svg
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from marketing.channels.models import LeadCode
from marketing.channels.rules.scorecard import quarter_of

FORM = "marketing/channels/form.html"


def found_or_404(rows: Any, key: int) -> Any:
    """Return the row with the key among ``rows``; 404 else."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def quarter_asked(request: HttpRequest) -> dt.date:
    """Return the quarter that ``?quarter=`` names by a day of it, else this one."""
    try:
        day = parse_date(request.GET.get("quarter", ""))
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2100:
        day = timezone.localdate()
    return quarter_of(day)


def code_url(request: HttpRequest, code: LeadCode) -> str:
    """Return the whole address behind a code."""
    return request.build_absolute_uri(reverse("marketing:enquire-code", args=[code.code]))


def qr_picture(text: str) -> str:
    """Return a QR code as an SVG data URI."""
    picture = qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage)
    return f"data:image/svg+xml,{quote(picture.to_string(encoding='unicode'))}"
