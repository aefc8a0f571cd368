"""What the pages of attribution are asked: model, months, project, channels or campaigns."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db import models

from marketing.attribution import choices
from marketing.attribution.models import AttributionShare
from marketing.attribution.rules import Model

CHANNEL, CAMPAIGN = "channel", "campaign"
COLUMNS: Final = {CHANNEL: "channel_code", CAMPAIGN: "campaign_code"}
FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question; months are told by their first day, ``until`` is the last one counted."""

    model: Model
    since: dt.date
    until: dt.date
    by: str = CHANNEL
    project: int | None = None

    @property
    def end(self) -> dt.date:
        """The first day no longer counted."""
        return following(self.until)

    @property
    def column(self) -> str:
        """The column the lines are told apart by."""
        return COLUMNS[self.by]

    @property
    def model_label(self) -> Any:
        """The model in words."""
        return dict(choices.MODELS)[self.model.value]

    def query(self, **more: Any) -> str:
        """Return the question as the query of an address, some of it changed."""
        asked: dict[str, Any] = {
            "model": self.model.value,
            "from": f"{self.since:%Y-%m}",
            "until": f"{self.until:%Y-%m}",
            "by": self.by,
            "project": self.project or "",
        }
        return urlencode({key: value for key, value in (asked | more).items() if value != ""})

    def shares(self, user: Any) -> "models.QuerySet[Any]":
        """Return the shares of all models that ``user`` may see of the months and project."""
        rows = AttributionShare.objects.visible_to(user).within(self.since, self.end)
        return rows if self.project is None else rows.filter(purchase__project=self.project)


def following(month: dt.date) -> dt.date:
    """Return the first day of the next month."""
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def read(query: Any, *, today: dt.date, projects: list[int], model: Model) -> Asked:
    """Return what a query asks; what cannot be read falls back to this year by channel."""
    known = {model.value for model in Model}
    until = _month(query.get("until", "")) or today.replace(day=1)
    since = _month(query.get("from", "")) or until.replace(month=1)
    by, key = query.get("by", ""), query.get("project", "")
    found = Asked(
        model=Model(query["model"]) if query.get("model") in known else model,
        since=min(since, until),
        until=max(since, until),
        by=by if by in COLUMNS else CHANNEL,
    )
    wanted = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
    return replace(found, project=wanted) if wanted in projects else found


def _month(text: str) -> dt.date | None:
    try:
        found = dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 -- a month, no moment
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
