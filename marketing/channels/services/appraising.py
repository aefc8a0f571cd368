"""Quarterly grades of channels and partners, and the warning of dependence (MKT-69 to MKT-71)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.outbox.services import send
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services.entries import EntryDraft, add_entry
from crm_site.staff.models import User
from marketing.channels.figures import (
    Period,
    channel_figures,
    deals_by_channel,
    partner_figures,
    subjects,
)
from marketing.channels.models import Channel, ChannelAppraisal
from marketing.channels.policies import appraisal_rules
from marketing.channels.risks import RISKS
from marketing.channels.rules.kinds import FREE, built_in
from marketing.channels.rules.scorecard import (
    Figures,
    Score,
    depends_on,
    quarter_after,
    quarter_before,
    quarter_of,
    ranked,
    score_of,
)

DEPENDENCE = "channels.dependence"
MANAGER = "channel"
LOOKED_AT = 365  # days


@dataclass(frozen=True, slots=True)
class CardLine:
    """A channel or partner with its figures and score."""

    subject: Any
    figures: Figures
    score: Score

    @property
    def is_graded(self) -> bool:
        """Whether there is anything to grade."""
        return bool(self.figures.leads or self.figures.deals)


def scorecard(first: dt.date, *, now: dt.datetime) -> tuple[list[CardLine], list[CardLine]]:
    """Return channels and partners of a quarter from best to worst, with advice (MKT-69)."""
    rules = appraisal_rules(now).value.weights()
    period = Period(first, quarter_after(first))
    channels, partners = subjects()
    of_channels, of_partners = channel_figures(period, now=now), partner_figures(period)
    lines = (
        [(one.name, of_channels.get(one.code, Figures()), one) for one in channels],
        [(one.name, of_partners.get(one.pk, Figures()), one) for one in partners],
    )
    return tuple(  # type: ignore[return-value]
        [
            CardLine(subject, figures, score)
            for _name, score, (figures, subject) in ranked(
                (name, score_of(figures, rules), (figures, subject))
                for name, figures, subject in part
            )
        ]
        for part in lines
    )


@transaction.atomic
def freeze_quarter(first: dt.date, *, now: dt.datetime) -> int:
    """Write the grades of a quarter that is over; return how many are new.

    What stands already stays as it is: the rates of the next quarter rest on it. Who brought
    neither a lead nor a contract is not graded.
    """
    if quarter_after(first) > timezone.localdate(now):
        return 0
    version = appraisal_rules(now).version
    channels, partners = scorecard(first, now=now)
    before = ChannelAppraisal.objects.filter(quarter=first).count()
    rows = [
        _row(line, first, version, now, channel=line.subject) for line in channels if line.is_graded
    ]
    rows += [
        _row(line, first, version, now, partner=line.subject) for line in partners if line.is_graded
    ]
    ChannelAppraisal.objects.bulk_create(rows, ignore_conflicts=True)
    return ChannelAppraisal.objects.filter(quarter=first).count() - before


def _row(
    line: CardLine, first: dt.date, version: int, now: dt.datetime, **of: Any
) -> ChannelAppraisal:
    figures, score = line.figures, line.score
    return ChannelAppraisal(
        **of,
        quarter=first,
        leads=figures.leads,
        visits=figures.visits,
        deals=figures.deals,
        amount=figures.amount,
        cost=figures.cost,
        satisfaction=figures.satisfaction,
        complaints=figures.complaints,
        score=score.value,
        grade=score.grade,
        advice=score.advice,
        policy_version=version,
        at=now,
    )


def appraise(*, now: dt.datetime) -> dict[str, int]:
    """Freeze the quarter before this one, and warn where one channel brings too much."""
    first = quarter_before(quarter_of(timezone.localdate(now)))
    return {"graded": freeze_quarter(first, now=now), "warned": warn_of_dependence(now=now)}


def dependence(*, now: dt.datetime, projects: Any = None) -> tuple[str, Decimal] | None:
    """Return the channel that brought too much of the contracts of a year, with its share."""
    today = timezone.localdate(now)
    period = Period(today - dt.timedelta(days=LOOKED_AT), today + dt.timedelta(days=1))
    limit = appraisal_rules(now).value.dependence
    return depends_on(deals_by_channel(period, projects), limit=limit)


def warn_of_dependence(*, now: dt.datetime) -> int:
    """Put dependence on one channel into the risk register and tell the channel managers.

    Once for each channel and quarter (MKT-71). Return how many were told.
    """
    found = dependence(now=now)
    managers = list(User.objects.filter(role=MANAGER, is_active=True).order_by("pk"))
    if found is None or not managers:
        return 0
    code, share = found
    name = Channel.objects.filter(code=code).values_list("name", flat=True).first() or code
    quarter = quarter_of(timezone.localdate(now))
    title = _("%(name)s brings %(limit)s or more of the contracts (%(quarter)s)") % {
        "name": name,
        "limit": f"{appraisal_rules(now).value.dependence:f} %",
        "quarter": f"{quarter:%Y-%m}",
    }
    if not RegisterEntry.objects.filter(register=RISKS, title=title).exists():
        values = {
            "kind": "dependence",
            "level": "high",
            "measure": _("Give other channels more of the budget."),
        }
        due = now + dt.timedelta(days=30)
        draft = EntryDraft(title=title, values=values, due_at=due)
        add_entry(register=RISKS, draft=draft, actor=managers[0], now=now)
    told = 0
    for person in managers:
        key = f"{DEPENDENCE}:{code}:{quarter}:{person.pk}"
        params = {"name": name, "share": f"{share}"}
        told += (
            send(kind=DEPENDENCE, recipient=person, subject=None, params=params, key=key, now=now)
            is not None
        )
    return told


def ensure_channels() -> int:
    """Set up a channel for each word of the list of lead sources that has none (MKT-66)."""
    from customers.models import VocabularyTerm

    known = set(Channel.objects.values_list("code", flat=True))
    rows = []
    for term in VocabularyTerm.objects.filter(list_key="source", is_active=True):
        if term.code not in known:
            kind, subtype = built_in(term.code)
            rows.append(
                Channel(
                    code=term.code,
                    name=term.label_zh,
                    type=kind.value,
                    subtype=subtype.value,
                    is_paid=subtype not in FREE,
                )
            )
    Channel.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
