"""The prepared notice handed on: a change of sold homes that keeps who was told and agreed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.changes.models import HomeChange
from customers.changes.rules import ChangeKind
from customers.changes.sold import decide_home_change
from customers.rules.text import clean_lines, clean_text
from customers.services.texts import check_words
from service.delays.models import DelayNotice, DelayRisk


class DelayRefusedError(RefusedError):
    """The risk is over, or its buyers are told of this day already."""

    code = "delay-refused"
    title = gettext_lazy("The notice was not handed on")


@transaction.atomic
def hand_on(*, risk: DelayRisk, title: str, text: str, actor: User, now: datetime) -> DelayNotice:
    """Write the notice down as a change of the sold homes it affects, and return it.

    Raise DelayRefusedError for a risk that has ended and for a day that was handed on already,
    ValidationError for words against the tone.
    """
    check_words({"title": title, "text": text}, now=now)
    rows = DelayRisk.objects.select_for_update(of=("self",))
    row: DelayRisk = rows.select_related("project").get(pk=risk.pk)
    if not row.is_open:
        raise DelayRefusedError(_("The forecast is back in time, so there is nothing to tell."))
    if row.notices.filter(forecast_on=row.forecast_on).exists():
        raise DelayRefusedError(_("The notice for this day is handed on already."))
    change = decide_home_change(
        change=HomeChange(
            project=row.project,
            building_id=row.building_id,
            kind=ChangeKind.ENGINEERING.value,
            title=clean_text(title),
            text=clean_lines(text),
            decided_on=timezone.localdate(now),
            needs_consent=row.building_id is not None,
        ),
        actor=actor,
        now=now,
    )
    notice = DelayNotice.objects.create(
        risk=row, change=change, forecast_on=row.forecast_on, author=actor, at=now
    )
    record(
        kind="delay.notice",
        actor=actor,
        subject=("delay-risk", row.pk),
        facts={"change": change.pk, "forecast": row.forecast_on.isoformat()},
        now=now,
    )
    return notice
