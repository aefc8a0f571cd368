"""Faults in full length: what dies, what is owed afterwards, and the same without the defence.

A fresh installation of its own, whatever BENCH_CUSTOMERS says. BENCH_FAULT_SECONDS is how long
Redis stays away (default 300).
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.faulty.batches import BATCH, Outcome, beats_at_once, doubled, killed
from benchmarks.faulty.crashes import HEALED_WITHIN, Crashed, crash_database
from benchmarks.faulty.full_disk import fill_disk, small_disk
from benchmarks.faulty.outages import break_broker, lose_redis
from benchmarks.faulty.rig import Rig, rig
from benchmarks.figures import FOLDER

CUSTOMERS = 300
VISIBILITY = 10
CHILD_RESUMES, WORKER_RESUMES = 10.0, VISIBILITY + 15.0
CRASHES = 5
PATIENCE = 420.0
FIRST_JOB_WITHIN = 180.0
DISK_MEGABYTES = 400


@dataclass(frozen=True, slots=True)
class Verdict:
    """One fault: what was measured, what is the goal, whether it holds.

    A line that begins with "control" shows the harm without the defence; it holds if harm is done.
    """

    case: str
    measured: str
    goal: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """Who works in the installation and on what."""

    writer: dict[str, str]
    boss: dict[str, str]
    boss_id: int
    customers: list[int]
    tag: int


def run(_customers: int) -> Iterator[Verdict]:
    """Break an installation in every way; yield the verdicts as they come."""
    with rig(os.environ, own_database=True, copy=False) as site:
        cast = _cast(site)
        site.environment["FAULT_VISIBILITY"] = str(VISIBILITY)
        yield from _kills(site, cast)
        yield from _copies(site, cast)
        yield from _broker(site, cast)
        del site.environment["FAULT_VISIBILITY"]  # from here on as in production
        yield from _redis(site, cast)
        yield from _database(site, cast)
    yield from _full_disk()


def publish(name: str, *, customers: int, rows: Iterable[Verdict]) -> bool:
    """Print the verdicts as they come; return whether all hold.

    They are kept in ``var/bench/<name>.json``.
    """
    print(f"\n{name}: {CUSTOMERS} customers, load {os.getloadavg()[0]:.1f}")
    print(f"{'case':<46}{'measured':<66}{'goal':<40}holds")
    kept = []
    for row in rows:
        kept.append(asdict(row))
        word = "yes" if row.holds else "NO"
        print(f"{row.case:<46}{row.measured:<66}{row.goal:<40}{word}", flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"name": name, "rows": kept}, indent=1, ensure_ascii=False)
    Path(FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    return all(row["holds"] for row in kept)


def _cast(site: Rig) -> Cast:
    accounts = site.prepare(CUSTOMERS)
    writer, boss = accounts["consultant"], accounts["supervisor"]
    own = (
        "SELECT c.id FROM customers_customer c JOIN staff_user u ON u.id = c.owner_id"
        " WHERE u.username = %s AND c.merged_into_id IS NULL ORDER BY 1 LIMIT 50"
    )
    return Cast(
        writer=writer,
        boss=boss,
        boss_id=site.one("SELECT id FROM staff_user WHERE username = %s", (boss["username"],)),
        customers=[row[0] for row in site.rows(own, (writer["username"],))],
        tag=site.one("SELECT min(id) FROM customers_tag WHERE is_active"),
    )


def _words(found: Outcome) -> str:
    resumed = "never" if found.resumed_after is None else f"after {found.resumed_after:.1f} s"
    return (
        f"{found.delivered}/{BATCH} arrived, {found.doubled} copies, {found.runs} runs,"
        f" resumed {resumed}"
    )


def _kills(site: Rig, cast: Cast) -> Iterator[Verdict]:
    for whole, case, limit in (
        (False, "A-51 child killed", CHILD_RESUMES),
        (True, "A-51 worker killed", WORKER_RESUMES),
    ):
        found = killed(site, person=cast.boss_id, whole=whole)
        resumed = found.resumed_after
        holds = found.sent == BATCH and found.doubled <= 2 and resumed is not None
        goal = f"{BATCH} once (same key ≤ 2), ≤ {limit:.0f} s"
        yield Verdict(case, _words(found), goal, holds and (resumed or 0) <= limit)
    found = killed(site, person=cast.boss_id, whole=False, careless="ack", patience=20)
    case = "control: acknowledged before the work"
    yield Verdict(case, _words(found), "the rest stays behind", found.sent < BATCH)
    site.environment["FAULT_THROTTLE"] = "60"
    found = killed(site, person=cast.boss_id, whole=True, patience=WORKER_RESUMES + 5)
    del site.environment["FAULT_THROTTLE"]
    case = "control: broker looks for lost work rarely"
    yield Verdict(case, _words(found), f"not within {WORKER_RESUMES:.0f} s", found.sent < BATCH)


def _copies(site: Rig, cast: Cast) -> Iterator[Verdict]:
    slow = 0.4  # a hundred of them by two children: twice the visibility timeout
    found = doubled(site, person=cast.boss_id, copies=1, seconds=slow)
    holds = found.sent == BATCH and found.doubled == 0 and found.runs > 1
    yield Verdict("A-52 task longer than the timeout", _words(found), "each once", holds)
    found = doubled(site, person=cast.boss_id, copies=10, seconds=0.05)
    holds = found.sent == BATCH and found.doubled == 0 and found.runs > 1
    yield Verdict("A-53 ten copies of a task", _words(found), "each once", holds)
    found = doubled(site, person=cast.boss_id, copies=10, seconds=0.05, careless="lock")
    yield Verdict("control: rows not locked", _words(found), "copies leave", found.doubled > 0)
    found = beats_at_once(site, person=cast.boss_id, beats=2)
    holds = found.sent == BATCH and found.doubled == 0 and found.beats == 2
    words = f"{_words(found)}, {found.beats} beats sent"
    yield Verdict("A-53 two beats", words, "each once, both send", holds)


def _broker(site: Rig, cast: Cast) -> Iterator[Verdict]:
    found = break_broker(site, person=cast.boss_id, down=5)
    words = (
        f"{found.delivered}/{BATCH} arrived, {found.doubled} copies, {found.finished_after:.1f} s"
    )
    holds = (found.delivered, found.doubled) == (BATCH, 0)
    yield Verdict("A-54 Redis killed and emptied in a batch", words, "each once", holds)


def _redis(site: Rig, cast: Cast) -> Iterator[Verdict]:
    away = float(os.environ.get("BENCH_FAULT_SECONDS") or 300)
    site.start("web", "worker", "beat")
    found = lose_redis(
        site,
        cookie=site.sign_in(cast.boss),
        customers=cast.customers,
        tag=cast.tag,
        down=away,
        patience=PATIENCE,
    )
    case = f"A-54 Redis away for {away:.0f} s: pages"
    words = (
        f"{found.bad_pages}/{found.pages} failed, usual {found.usual_page * 1000:.0f} ms,"
        f" slowest {found.slowest_page * 1000:.0f} ms"
    )
    yield Verdict(case, words, "0 failed", found.bad_pages == 0)
    words = (
        f"{found.lost}/{found.asked} lost, {found.refused} refused, first after"
        f" {found.first_job_after:.1f} s, all after {found.all_done_after:.0f} s"
    )
    holds = found.lost == found.refused == 0 and found.first_job_after <= FIRST_JOB_WITHIN
    goal = f"0 lost, 0 refused, first ≤ {FIRST_JOB_WITHIN:.0f} s"
    yield Verdict("A-54 jobs asked before, in, after; emptied", words, goal, holds)
    body = "".join(found.ready[1].split())
    holds = found.ready[0] == 503 and '"broker":"down"' in body and '"database":"up"' in body
    yield Verdict("A-54 what /readyz says", f"{found.ready[0]} {body[:52]}…", "names it", holds)
    site.kill("beat")
    site.kill("worker")
    site.kill("web")


def _database(site: Rig, cast: Cast) -> Iterator[Verdict]:
    site.start("web")
    cookie = site.sign_in(cast.writer)
    options = {"cookie": cookie, "customers": cast.customers, "down": 1.0}
    found = crash_database(site, times=CRASHES, load_seconds=5, **options)  # type: ignore[arg-type]
    words = f"{found.kept} acknowledged, {found.lost} lost, {found.doubled} doubled"
    holds = found.kept > 0 and found.lost == found.doubled == 0
    yield Verdict(f"A-55 PostgreSQL crashed ×{CRASHES}, 8 writers", words, "0 lost", holds)
    words = f"{max(found.healed):.1f} s at most, {found.restarted} processes restarted"
    holds = max(found.healed) < HEALED_WITHIN and not found.restarted
    yield Verdict("A-55 heals by itself", words, f"< {HEALED_WITHIN:.0f} s, 0", holds)
    words = (
        f"{found.errors} errors, {found.late_errors} not while down, {found.ugly_errors} unclean"
    )
    holds = not (found.late_errors or found.ugly_errors)
    yield Verdict("A-55 what people see: 503, Retry-After", words, "0, 0", holds)
    lost = _without_waiting(site, options)
    words = f"{lost.kept} acknowledged, {lost.lost} lost"
    yield Verdict("control: commits do not wait for the disk", words, "some lost", lost.lost > 0)


def _without_waiting(site: Rig, options: dict[str, object]) -> Crashed:
    name = site.one("SELECT current_database()")
    site.rows(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    site.rows("ALTER SYSTEM SET wal_writer_delay = '10s'")
    site.crash_postgres()
    site.start_postgres()
    site.rows("DELETE FROM customers_interaction WHERE content LIKE 'talk %%'")
    return crash_database(site, times=1, load_seconds=5, **options)  # type: ignore[arg-type]


def _full_disk() -> Iterator[Verdict]:
    case = "no space left for database, log, files"
    with small_disk(DISK_MEGABYTES) as folder:
        if folder is None:
            yield Verdict(case, "not measured: this account may not mount", "", holds=False)
            return
        with rig(os.environ, own_database=True, copy=False, folder=folder) as site:
            cast = _cast(site)
            site.start("web")
            cookie = site.sign_in(cast.writer)
            found = fill_disk(site, cookie=cookie, customers=cast.customers, seconds=10)
    again = "PostgreSQL stopped" if found.stopped else "PostgreSQL stayed"
    words = f"{found.kept} acknowledged, {found.lost} lost, {found.errors} errors"
    words += f" ({found.ugly_errors} unclean), {again}"
    holds = found.lost == found.ugly_errors == 0 < found.errors
    yield Verdict(case, words, "0 lost, errors clean", holds)
    words = f"{found.healed_after:.1f} s after there was space"
    goal = f"< {HEALED_WITHIN:.0f} s, by itself"
    yield Verdict("  and back again", words, goal, found.healed_after < HEALED_WITHIN)
