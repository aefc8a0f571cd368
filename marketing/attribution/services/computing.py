"""The shares of all signed contracts worked out anew under every model, in sets (MKT-74)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import connection, transaction

from crm_site.common.whole_tables import READING, alone
from marketing.attribution import path_sql
from marketing.attribution.hooks import channels_of
from marketing.attribution.models import AttributionRun
from marketing.attribution.policies import AttributionRules, attribution_rules
from marketing.attribution.rules import UNITS, Claim, Model, claimed_channel
from marketing.attribution.rules.chain import Chain
from marketing.attribution.rules.paths import Paths, Shares, chain_of, in_order, shares_of
from marketing.attribution.rules.shares import Floats, Ints
from marketing.attribution.services.binary import read_ints, write_ints
from marketing.attribution.services.pulling import pull_touches

LOCK_KEY: Final = 4_201_377
MODELS: Final = list(Model)
TOUCH: Final = ("path", "age", "touch", "pair", "weight")
KEPT_RUNS: Final = 60


@dataclass(slots=True)
class _Pairs:
    """Channels with their campaigns, numbered as in the database; the first is nobody."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, channel: str, campaign: str) -> int:
        return self.numbers.setdefault((channel, campaign), len(self.numbers))

    def channels(self) -> tuple[list[str], Ints]:
        """Return the channels, and the number of each pair's among them."""
        names = sorted({channel for channel, _campaign in self.numbers})
        places = {name: place for place, name in enumerate(names)}
        of_pair = [places[channel] for channel, _campaign in self.numbers]
        return names, np.array(of_pair, dtype=np.int64)


def tend_attribution(*, now: datetime) -> dict[str, int]:
    """Gather the touches of the day and work out the shares; nothing while another run does."""
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return {"touches": 0, "contracts": 0, "changed": 0}
        gathered = pull_touches(now=now)
        run = compute(now=now)
    return {"touches": gathered, "contracts": run.contracts, "changed": run.changed}


@transaction.atomic
def compute(*, now: datetime) -> AttributionRun:
    """Write the shares of every contract signed by ``now`` under each model; return the run.

    Contracts whose shares are as before are left alone, so a second run writes nothing. Whoever
    reads meanwhile sees the shares of the run before.
    """
    rules = attribution_rules(now)
    asked = {"now": now, "lookback": rules.value.lookback_days}
    with connection.cursor() as cursor:
        cursor.execute(READING)
        cursor.execute(path_sql.CLEAR)
        cursor.execute(path_sql.PATHS, asked)
        contracts = _count(cursor, "SELECT count(*) FROM attribution_path")
        cursor.execute(path_sql.PAIRS)
        cursor.execute(path_sql.KNOWN_PAIRS)
        pairs = _Pairs({pair: number for number, pair in enumerate(cursor.fetchall())})
        claims = _claims(cursor, pairs)
        won, lost = (
            in_order(**read_ints(statement, asked, TOUCH))
            for statement in (path_sql.BEFORE, path_sql.WITHOUT)
        )
        channels, of_pair = pairs.channels()
        chain = chain_of(won, lost, of_pair)
        cursor.execute(path_sql.UNITS)
        for shares in _every_share(contracts, claims, won, (rules.value, chain.removal, of_pair)):
            _copy(shares)
        changed = _write(cursor)
    return _note(
        now=now,
        version=rules.version,
        chain=chain,
        channels=channels,
        counts={"contracts": contracts, "touches": len(won.pairs), "changed": changed},
    )


def _every_share(
    contracts: int, claims: Ints, won: Paths, known: tuple[AttributionRules, Floats, Ints]
) -> Iterator[Shares]:
    """Yield the shares of each model; contracts without a touch belong to nobody."""
    rules, removal, of_pair = known
    whole = np.arange(contracts, dtype=np.int64)
    yield Shares(Model.OWNERSHIP, whole, claims, np.full(contracts, UNITS, dtype=np.int64))
    bare = np.setdiff1d(whole, won.keys)
    nobody = np.zeros(len(bare), dtype=np.int64)
    for model in MODELS:
        if model is not Model.OWNERSHIP:
            yield Shares(model, bare, nobody, np.full(len(bare), UNITS, dtype=np.int64))
    yield from shares_of(
        won, half_life=float(rules.half_life_days), removal=removal, channel_of=of_pair
    )


def _claims(cursor: Any, pairs: _Pairs) -> Ints:
    """Return the pair each contract belongs to by the decision on it, and make new pairs known."""
    cursor.execute(path_sql.CLAIMS)
    rows = cursor.fetchall()
    by_party = channels_of({party for _path, _outcome, party, *_lead in rows if party})
    known = len(pairs.numbers)
    found = [_claimed(pairs, by_party, *row[1:]) for row in rows]
    more = [(number, *pair) for pair, number in list(pairs.numbers.items())[known:]]
    cursor.executemany(path_sql.MORE_PAIRS, more)
    return np.array(found, dtype=np.int64)


def _claimed(pairs: _Pairs, by_party: Mapping[str, str], *row: str) -> int:
    outcome, party, source, campaign = row
    claim = Claim(outcome=outcome, party_channel=by_party.get(party, ""), lead_channel=source)
    channel = claimed_channel(claim)
    return pairs.number(channel, campaign if channel and channel == source else "")


def _copy(shares: Shares) -> None:
    if len(shares.paths):
        write_ints(
            path_sql.COPY_UNITS,
            {
                "path": shares.paths,
                "model": np.full(len(shares.paths), MODELS.index(shares.model), dtype=np.int64),
                "pair": shares.pairs,
                "units": shares.units,
            },
        )


def _write(cursor: Any) -> int:
    """Write the contracts whose shares differ; return how many."""
    cursor.execute("ANALYZE attribution_unit")
    cursor.execute(path_sql.FRESH, {"models": [model.value for model in MODELS]})
    cursor.execute("ANALYZE attribution_fresh")
    cursor.execute(path_sql.CHANGED)
    cursor.execute(path_sql.FORGET)
    cursor.execute(path_sql.WRITE)
    return _count(cursor, "SELECT count(*) FROM attribution_changed")


def _note(
    *,
    now: datetime,
    version: int,
    chain: Chain,
    channels: list[str],
    counts: dict[str, int],
) -> AttributionRun:
    """Write the run down; one that finds what stood moves the time of the last one (PLT-42)."""
    effects = {
        name: round(float(effect), 6)
        for name, effect in zip(channels, chain.removal, strict=True)
        if name and effect > 0
    }
    found = {"policy_version": version, "chance": chain.chance, "removal": effects, **counts}
    last = AttributionRun.objects.order_by("-at", "-pk").first()
    if last is not None and not counts["changed"]:
        said = found | {"changed": last.changed}  # which it brought when it was written
        if all(getattr(last, name) == value for name, value in said.items()):
            AttributionRun.objects.filter(pk=last.pk).update(at=now)
            return AttributionRun(pk=last.pk, at=now, **found)
    run = AttributionRun.objects.create(at=now, **found)
    kept = AttributionRun.objects.order_by("-pk").values("pk")[:KEPT_RUNS]
    AttributionRun.objects.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return run


def _count(cursor: Any, statement: str) -> int:
    cursor.execute(statement)
    return int(cursor.fetchone()[0])
