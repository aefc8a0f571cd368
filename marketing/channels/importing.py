"""The importer of daily metrics: each row is one channel or account on one day (MKT-31, MKT-32)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.exchange.errors import MappingError
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import (
    CellError,
    FieldSpec,
    Importer,
    Kept,
    Outcome,
    Plan,
    Problem,
    Reading,
    Undone,
)
from crm_site.exchange.rules.dates import parse_day
from customers.importers.restoring import CHANGED
from customers.vocabulary import code_of
from marketing.channels.models import Channel, DailyMetric, MediaAccount
from marketing.channels.querysets import KEEP

COUNTS: Final = ("impressions", "clicks", "interactions", "leads")
VALUES: Final = (*COUNTS, "cost")
LARGEST: Final = 10**15
MESSAGES = {
    "metric_channel_unknown": gettext_lazy("There is no such channel. Set it up first."),
    "metric_account_unknown": gettext_lazy("There is no such account of new media."),
    "metric_no_channel": gettext_lazy("Name a channel or an account."),
    "metric_no_day": gettext_lazy("Name the day."),
    "metric_future": gettext_lazy("This day is still to come."),
    "metric_repeated": gettext_lazy("Row %(first)s says it for the same day already."),
    "metric_more_clicks": gettext_lazy("There are more clicks than impressions."),
    "metric_not_a_count": gettext_lazy("This is not a number from 0 on."),
}


def _count(text: str, _reading: Reading) -> int:
    value = _number(text)
    if value != value.to_integral_value():
        raise CellError("metric_not_a_count")
    return int(value)


def _money(text: str, _reading: Reading) -> Decimal:
    return _number(text).quantize(Decimal("0.01"))


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "").replace("¥", "").strip())
    except InvalidOperation:
        raise CellError("metric_not_a_count") from None
    if not value.is_finite() or not 0 <= value < LARGEST:
        raise CellError("metric_not_a_count")
    return value


def _day(text: str, reading: Reading) -> Any:
    try:
        found = parse_day(text, order=reading.order, zone=reading.zone)
    except ValueError:
        raise CellError("metric_no_day") from None
    if found > reading.today:
        raise CellError("metric_future")
    return found


# han: words read above the columns of advertising reports
_ALIASES = {
    "on": "日期, 时间, 数据日期, date, day",
    "channel": "渠道, 来源, 推广渠道, channel, source",
    "account": "账号, 账户, 账号名称, account",
    "impressions": "曝光, 展现, 展示, 曝光量, 展现量, 播放量, 阅读量, impressions, views",
    "clicks": "点击, 点击量, clicks",
    "interactions": "互动, 互动量, interactions, engagement",
    "cost": "消耗, 花费, 费用, 消费, cost, spend",
    "leads": "线索, 线索量, 留资, 留资数, leads, conversions",
}


def _field(key: str, label: Any, parse: Any = None, **more: Any) -> FieldSpec:
    return FieldSpec(key, label, tuple(_ALIASES[key].split(", ")), parse, 80, **more)


FIELDS = (
    _field("on", gettext_lazy("Day"), _day, is_date=True),
    _field("channel", gettext_lazy("Channel")),
    _field("account", gettext_lazy("Account")),
    _field("impressions", gettext_lazy("Impressions"), _count),
    _field("clicks", gettext_lazy("Clicks"), _count),
    _field("interactions", gettext_lazy("Interactions"), _count),
    _field("cost", gettext_lazy("Cost (yuan)"), _money),
    _field("leads", gettext_lazy("Leads"), _count),
)
BY_KEY: dict[str, FieldSpec] = {each.key: each for each in FIELDS}


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise MappingError without the day, without a channel or account, or without a figure."""
    targets = set(mapping.values())
    if "on" not in targets:
        raise MappingError(_("Choose the column with the day."), code="no_day")
    if not targets & {"channel", "account"}:
        raise MappingError(_("Choose the column with the channel or the account."), code="no_key")
    if not targets & set(VALUES):
        raise MappingError(_("Choose at least one column with a figure."), code="no_figure")


class _RowError(Exception):
    def __init__(self, row: int, code: str, column: str = "", /, **params: Any) -> None:
        super().__init__(code)
        self.problem = Problem(row, column, code, params)


class MetricBatcher:
    """Checks and writes the rows of one file of daily metrics."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen: dict[tuple[Any, ...], int] = {}
        self._written = 0

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do."""
        return self._run(rows, dry=True)

    def prepare(self) -> None:
        """Channels and accounts stand already."""

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Write the figures, over those that stand for the same day."""
        return self._run(rows, dry=False)

    def forget(self) -> None:
        """Forget which days were named."""
        self._seen = {}

    def finish(self) -> None:
        """Write the audit event of the import."""
        facts = {"import_job": self._plan.job_id, "rows": self._written}
        record(
            kind="daily_metric.imported",
            actor=self._plan.actor,
            subject=None,
            facts=facts,
            now=self._plan.now,
        )

    def _run(self, rows: Sequence[Row], *, dry: bool) -> Outcome:
        outcome = Outcome()
        channels = {row.code: row for row in Channel.objects.all()}
        accounts = {row.handle: row for row in self._accounts()}
        read: list[tuple[int, tuple[Any, ...], dict[str, Any]]] = []
        for number, cells in rows:
            try:
                values = self._values(number, cells)
                read.append((number, self._key(number, values, channels, accounts), values))
            except _RowError as error:
                outcome.refuse(error.problem)
        there = self._there(key for _number, key, _values in read)
        made, changed = [], []
        for number, key, values in read:
            figures = {name: values[name] for name in VALUES if name in values}
            row = there.get(key)
            if row is None:
                channel, account, on = key
                row = DailyMetric(
                    channel_id=channel,
                    account_id=account,
                    on=on,
                    import_job=self._plan.job_id,
                    **figures,
                )
                made.append((number, row))
                outcome.counts["created"] += 1
            elif all(getattr(row, name) == value for name, value in figures.items()):
                outcome.counts["unchanged"] += 1
            else:
                old = plain(row)
                for name, value in figures.items():
                    setattr(row, name, value)
                changed.append((number, row, old))
                outcome.counts["updated"] += 1
        if not dry and (made or changed):
            outcome.trace = self._save(made, changed)
        return outcome

    def _save(self, made: Any, changed: Any) -> dict[str, Any]:
        DailyMetric.objects.bulk_create([row for _number, row in made], batch_size=1000)
        DailyMetric.objects.bulk_update(
            [row for _number, row, _old in changed], list(VALUES), batch_size=500
        )
        self._written += len(made) + len(changed)
        return {
            "created": [[number, row.pk, plain(row)] for number, row in made],
            "updated": [[number, row.pk, old, plain(row)] for number, row, old in changed],
        }

    def _accounts(self) -> Any:
        rows = MediaAccount.objects.all()
        return rows.visible_to(self._plan.actor) if self._plan.actor is not None else rows

    def _there(self, keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], DailyMetric]:
        wanted = list(keys)
        rows = DailyMetric.objects.filter(
            on__in={key[2] for key in wanted}, channel__in={key[0] for key in wanted}
        )
        return {(row.channel_id, row.account_id, row.on): row for row in rows}

    def _key(
        self,
        row: int,
        values: Mapping[str, Any],
        channels: Mapping[str, Channel],
        accounts: Mapping[str, MediaAccount],
    ) -> tuple[Any, ...]:
        """Return channel, account and day of a row; raise for unknown ones and for a repeat."""
        if "on" not in values:
            raise _RowError(row, "metric_no_day")
        account = None
        if values.get("account"):
            account = accounts.get(values["account"])
            if account is None:
                raise _RowError(row, "metric_account_unknown")
            channel_id = account.channel_id
        elif values.get("channel"):
            code = code_of("source", values["channel"]) or values["channel"]
            channel = channels.get(code)
            if channel is None:
                raise _RowError(row, "metric_channel_unknown")
            channel_id = channel.pk
        else:
            raise _RowError(row, "metric_no_channel")
        if (
            values.get("impressions") is not None
            and values.get("clicks", 0) > values["impressions"]
        ):
            raise _RowError(row, "metric_more_clicks")
        key = (channel_id, account.pk if account else None, values["on"])
        first = self._seen.setdefault(key, row)
        if first != row:
            raise _RowError(row, "metric_repeated", first=first)
        return key

    def _values(self, row: int, cells: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for header, text in zip(self._plan.headers, cells, strict=True):
            spec = BY_KEY.get(self._plan.mapping.get(header, ""))
            if spec is None or not text:
                continue
            try:
                reading = self._plan.reading(header)
                found[spec.key] = spec.parse(text, reading) if spec.parse else text.strip()
            except CellError as error:
                raise _RowError(row, error.code, header, **error.params) from None
        return found


def plain(row: DailyMetric) -> dict[str, str]:
    """Return the figures of a row as the trace keeps them."""
    return {name: f"{Decimal(getattr(row, name)).normalize():f}" for name in VALUES}


class MetricReverter:
    """Takes back the parts of one import of daily metrics."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back; figures that somebody changed meanwhile stay."""
        undone = Undone()
        made = {key: (row, new) for row, key, new in trace["created"]}
        changed = {key: (row, old, new) for row, key, old, new in trace["updated"]}
        gone, back = [], []
        rows = DailyMetric.objects.filter(pk__in=[*made, *changed]).select_for_update(of=("self",))
        for row in rows.order_by("pk"):
            number, *_before, new = made.get(row.pk) or changed[row.pk]
            if plain(row) != new:
                undone.kept.append(Kept(number, row.pk, CHANGED, VALUES))
            elif row.pk in made:
                gone.append(row.pk)
            else:
                for name, value in changed[row.pk][1].items():
                    kind = Decimal if name == "cost" else int
                    setattr(row, name, kind(value))
                back.append(row)
        DailyMetric.objects.filter(pk__in=gone).delete()
        DailyMetric.objects.bulk_update(back, list(VALUES), batch_size=500)
        undone.counts["removed"] += len(gone)
        undone.counts["restored"] += len(back)
        undone.counts["kept"] += len(undone.kept)
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event of the revert."""
        record(
            kind="daily_metric.import_reverted",
            actor=self._plan.actor,
            subject=None,
            facts={"import_job": self._plan.job_id, "parts": len(list(traces))},
            now=self._plan.now,
        )


IMPORTER = Importer(
    key="daily_metrics",
    label=gettext_lazy("Daily metrics of channels"),
    permission=KEEP,
    fields=lambda _actor: FIELDS,
    options=lambda _actor: (),
    open=MetricBatcher,
    check_mapping=check_mapping,
    reverter=MetricReverter,
    revert_counts={
        "removed": gettext_lazy("Days removed"),
        "restored": gettext_lazy("Days with their former figures"),
    },
    stays=gettext_lazy("Figures that somebody changed meanwhile stay."),
)
