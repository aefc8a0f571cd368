"""What the models of attribution say, summed up: by channel or campaign, side by side (MKT-74)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.payment.models import Receipt
from customers.vocabulary import labels
from marketing.attribution import choices
from marketing.attribution.asked import CAMPAIGN, Asked
from marketing.attribution.hooks import intent_between, known_groups
from marketing.attribution.models import AttributionRun, AttributionShare, Touch
from marketing.attribution.rules import Model
from marketing.attribution.rules.groups import Group, group_of
from marketing.attribution.rules.returns import part_of, return_on
from marketing.campaigns.models import Campaign, CostItem
from marketing.campaigns.policies import campaign_rules
from marketing.campaigns.querysets import SEE_MONEY

ZERO = Decimal(0)
EXACT: Any = DecimalField(max_digits=26, decimal_places=11)


@dataclass(slots=True, kw_only=True)
class TableLine:
    """A channel or campaign: yuan under each model, contracts, part, cost and return."""

    code: str
    label: str
    group: Group
    amounts: dict[str, Decimal] = field(default_factory=dict)
    contracts: int = 0
    part: Decimal | None = None
    cost: Decimal | None = None
    roi: Decimal | None = None
    lost: Decimal | None = None
    query: str = ""
    amount: Decimal = ZERO
    width: int = 0

    @property
    def by_model(self) -> list[Decimal]:
        """The yuan under each model, in the order of the headings."""
        return [self.amounts.get(model.value, ZERO) for model in Model]

    @property
    def group_label(self) -> Any:
        """The kind of channel in words."""
        return dict(choices.GROUPS)[self.group.value]

    @property
    def is_nobodys(self) -> bool:
        """Whether it is the row of what belongs to nobody."""
        return not self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines, the largest first and nobody's last, with the whole of each model."""

    lines: list[TableLine]
    total: TableLine
    groups: list[TableLine]
    run: AttributionRun | None
    with_cost: bool


def table_of(asked: Asked, *, user: Any, now: dt.datetime) -> Table:
    """Return what each channel or campaign got; a fixed number of queries.

    Under every model the total is what was received for the same contracts, to the cent.
    """
    lines = _lines(asked, asked.shares(user))
    run = AttributionRun.objects.order_by("-at").first()
    with_cost = bool(user.has_perm(SEE_MONEY))
    if with_cost:
        _charge(lines, asked, user=user, now=now)
    if run is not None and asked.by != CAMPAIGN:
        for line in lines:
            line.lost = _percent(run.removal.get(line.code))
    total = _summed("", pgettext("sum", "Total"), Group.NOBODY, lines)
    total.contracts = _contracts(asked, user)
    biggest = max((abs(line.amount) for line in lines), default=ZERO)
    for line in lines:
        line.query = asked.query(code=line.code) if line.code else f"{asked.query()}&code="
        line.part = part_of(line.amount, total.amount)
        line.width = int(100 * max(line.amount, ZERO) / biggest) if biggest else 0
    return Table(
        lines=sorted(lines, key=lambda line: (line.is_nobodys, -line.amount, line.code)),
        total=total,
        groups=_grouped(lines, total.amount) if asked.by != CAMPAIGN else [],
        run=run,
        with_cost=with_cost,
    )


def _percent(part: float | None) -> Decimal | None:
    return None if part is None else part_of(Decimal(str(part)), Decimal(1))


def _lines(asked: Asked, shares: QuerySet[Any]) -> list[TableLine]:
    words = _words(asked.by)
    groups = known_groups()
    found: dict[str, TableLine] = {}
    rows = shares.order_by().values(asked.column, "model")
    for row in rows.annotate(yuan=Sum("amount"), contracts=Count("purchase", distinct=True)):
        code = row[asked.column]
        line = found.setdefault(
            code,
            TableLine(
                code=code,
                label=words.get(code, code) if code else nobody(asked.by),
                group=group_of(code, groups) if asked.by != CAMPAIGN else Group.PAID,
            ),
        )
        line.amounts[row["model"]] = row["yuan"]
        if row["model"] == asked.model.value:
            line.contracts, line.amount = row["contracts"], row["yuan"]
    return list(found.values())


def nobody(by: str) -> str:
    """Return what the row of what belongs to no channel or campaign is called."""
    return _("No campaign") if by == CAMPAIGN else _("Unattributed")


def _words(by: str) -> dict[str, str]:
    if by == CAMPAIGN:
        return dict(Campaign.objects.values_list("code", "name"))
    return labels("source")


def label_of(by: str, code: str) -> str:
    """Return a channel or campaign in words."""
    return _words(by).get(code, code) if code else nobody(by)


def _charge(lines: list[TableLine], asked: Asked, *, user: Any, now: dt.datetime) -> None:
    """Write cost and return to the lines; cost of what brought nothing gets a line of its own."""
    column = "campaign__code" if asked.by == CAMPAIGN else "channel_code"
    items = CostItem.objects.visible_to(user).committed()
    items = items.filter(on__gte=asked.since, on__lt=asked.end)
    if asked.project is not None:
        items = items.filter(project=asked.project)
    spent: dict[Any, Decimal] = dict(items.order_by().values_list(column).annotate(Sum("amount")))
    spent[""] = spent.pop(None, ZERO) + spent.get("", ZERO)
    known = {line.code for line in lines}
    groups, words = known_groups(), _words(asked.by)
    lines += [
        TableLine(code=code, label=words.get(code, code), group=group_of(code, groups))
        for code in spent
        if code and code not in known
    ]
    margin = campaign_rules(now).margin
    for line in lines:
        line.cost = spent.get(line.code, ZERO)
        line.roi = None
        if line.code:
            line.roi = return_on(line.amount, line.cost, margin=margin)


def _summed(code: str, label: Any, group: Group, lines: list[TableLine]) -> TableLine:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        for model, yuan in line.amounts.items():
            amounts[model] += yuan
    costs = [line.cost for line in lines if line.cost is not None]
    return TableLine(
        code=code,
        label=label,
        group=group,
        amounts=dict(amounts),
        amount=sum((line.amount for line in lines), ZERO),
        cost=sum(costs, ZERO) if costs else None,
    )


def _grouped(lines: list[TableLine], whole: Decimal) -> list[TableLine]:
    """Return the kinds of channels, word of mouth apart from what is paid for (MKT-17)."""
    found = []
    for key, label in choices.GROUPS:
        group = Group(key)
        line = _summed(key, label, group, [one for one in lines if one.group is group])
        line.part = part_of(line.amount, whole)
        found.append(line)
    return found


def _contracts(asked: Asked, user: Any) -> int:
    rows = asked.shares(user).filter(model=asked.model.value).order_by()
    return rows.aggregate(n=Count("purchase", distinct=True))["n"] or 0


def behind(asked: Asked, code: str, *, user: Any) -> QuerySet[Any]:
    """Return the shares that add up to the figure of a line under the model asked for."""
    rows = asked.shares(user).filter(model=asked.model.value)
    return rows.filter(**{asked.column: code})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """New enquiries of the period by kind of channel, and what owners said and did (MKT-17)."""

    by_group: list[tuple[Any, int, Decimal | None]]
    introductions: int
    introducers: int
    mentions: int
    intent: Decimal | None = None
    answers: int = 0


def arrivals_of(asked: Asked, *, user: Any) -> Arrivals:
    """Return how customers came in the months asked for; three queries."""
    begins, ends = (
        timezone.make_aware(dt.datetime.combine(day, dt.time.min))
        for day in (asked.since, asked.end)
    )
    touches = Touch.objects.visible_to(user).filter(at__gte=begins, at__lt=ends)
    if asked.project is not None:
        touches = touches.filter(customer__project=asked.project)
    known = known_groups()
    counted: dict[Group, int] = dict.fromkeys(Group, 0)
    came = touches.filter(kind__in=["enquiry", "referral"]).order_by().values("channel_code")
    for row in came.annotate(n=Count("customer", distinct=True)):
        counted[group_of(row["channel_code"], known)] += row["n"]
    whole = Decimal(sum(counted.values()))
    brought = touches.filter(kind__in=["enquiry", "referral"], channel_code="referral")
    people = brought.order_by().aggregate(
        introductions=Count("customer", distinct=True),
        introducers=Count("customer__referrer", distinct=True),
    )
    intent, answers = intent_between(user, asked.since, asked.end)
    return Arrivals(
        intent=intent,
        answers=answers,
        by_group=[
            (label, counted[Group(key)], part_of(Decimal(counted[Group(key)]), whole))
            for key, label in choices.GROUPS
            if key != Group.NOBODY.value
        ],
        mentions=touches.filter(kind="mention").count(),
        **people,
    )


def received_between(
    start: dt.date, end: dt.date, *, model: Model
) -> dict[tuple[int, str, str], Decimal]:
    """Return the yuan received by project, channel and campaign; nobody's left out (ANA-22).

    Whole months are the sums of the table, to the cent; of other days each receipt is shared.
    """
    if start.day == end.day == 1:
        shares = AttributionShare.objects.of(model.value).within(start, end).order_by()
        named = shares.exclude(channel_code="", campaign_code="")
        keys = ("purchase__project", "channel_code", "campaign_code")
        whole = named.values_list(*keys).annotate(Sum("amount"))
        return {(project, channel, campaign): yuan for project, channel, campaign, yuan in whole}
    receipts = Receipt.objects.filter(
        received_on__gte=start,
        received_on__lt=end,
        purchase__attribution__model=model.value,
        purchase__attribution__month=TruncMonth("received_on"),
    )
    path = "purchase__attribution__"
    keys = ("purchase__project", f"{path}channel_code", f"{path}campaign_code")
    yuan = Sum(F("amount") * F(f"{path}share"), output_field=EXACT)
    found = receipts.order_by().values_list(*keys).annotate(yuan=yuan)
    return {
        (project, channel, campaign): amount.quantize(Decimal("0.01"))
        for project, channel, campaign, amount in found
        if channel or campaign
    }
