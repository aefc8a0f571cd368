"""How good scores are: public sets through the real path, and the company whose law is known.

Each public set goes through import, inputs and the stored score table (``evaluate_churn``); the
floor is the AUC asked for. For the simulated company the floor is the best possible AUC less what
may be missing. The card without a label misses the goal of its probabilities in the world of the
claim: how strongly inputs count there nobody knows before the first losses. Sets that are absent
(``GOLDEN_DATA``) are left out and named.
"""

import csv
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from django.utils import timezone

from analytics.scoring.evaluation.running import Asked, evaluate
from analytics.scoring.rules.training import train
from analytics.scoring.simulator.acceptance import GAPS, TOO_GOOD, cold_card, measure
from analytics.scoring.simulator.worlds import WORLDS, simulate
from benchmarks.figures import FOLDER as KEPT
from benchmarks.figures import Row

FOLDER = Path(__file__).resolve().parent.parent
TELCO, CDNOW, LEADS = 0.8402, 0.7658, 0.6494
MOST_ECE = 0.03
UNSEEN = 40_000
MOST_OFF = 0.03  # mean distance to the true probability


def run(_customers: int) -> Iterator[Row]:
    """Yield AUC and ECE of each set and of each size of training."""
    folder = FOLDER / os.environ.get("GOLDEN_DATA", "../shared") / "data"
    with tempfile.TemporaryDirectory() as place:
        for name, goal, asked in (
            ("Telco", TELCO, telco(folder, Path(place))),
            ("CDNOW, 39 weeks", CDNOW, cdnow(folder, Path(place))),
            ("real-estate leads", LEADS, leads(folder, Path(place))),
        ):
            if asked is None:
                print(f"absent: {name}")
                continue
            result = evaluate(asked, now=timezone.now()).results[0]
            yield _line(f"{name}: AUC, mean of folds", goal, result.mean["auc"])
            yield _line(f"{name}: AUC pooled", None, result.pooled["auc"])
            yield _line(f"{name}: ECE pooled", MOST_ECE, result.pooled["ece"], less=True)
    for world in WORLDS:
        yield from _simulated(world)


def _simulated(world: str) -> Iterator[Row]:
    law = WORLDS[world]
    unseen = simulate(law, UNSEEN, seed=99)
    for rows, gap in GAPS.items():
        if rows:
            company = simulate(law, rows, seed=5)
            champion = train(company.table, company.lost, seed=1, stage="stage")
        else:
            champion = cold_card(unseen)
        found = measure(champion, unseen)
        case = f"{world}, {rows:,} labels ({found.engine})"
        yield _line(f"{case}: AUC", found.bayes - gap, found.auc)
        yield _line(f"{case}: no leak", found.bayes + TOO_GOOD, found.auc, less=True)
        yield _line(f"{case}: ECE", 0.02, found.ece, less=True)
        if rows == max(GAPS):
            yield _line(f"{case}: off the truth", MOST_OFF, found.off, less=True)
        yield _line(f"{case}: top block", 0.8, found.top_block)


def _line(case: str, goal: float | None, ours: float | None, *, less: bool = False) -> Row:
    value = ours or 0.0
    floor = value if goal is None else goal
    holds = None if goal is None else value <= goal if less else value >= goal
    ratio = round(value / floor, 4) if floor else 0.0
    return Row(case, round(floor, 4), round(value, 4), "", ratio, goal, holds)


def publish(name: str, *, customers: int, rows: Iterable[Row]) -> bool:
    """Print the table as it comes and keep it; return whether all goals hold."""
    print(f"\n{name}: quality of scores")
    print(f"{'case':<52}{'asked':>10}{'ours':>10}  holds")
    kept = []
    for row in rows:
        kept.append(asdict(row))
        asked = "" if row.goal is None else f"{row.goal:.4f}"
        word = {True: "yes", False: "NO", None: ""}[row.holds]
        print(f"{row.case:<52}{asked:>10}{row.ours:>10.4f}  {word}", flush=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    content = {"name": name, "customers": customers, "rows": kept}
    (KEPT / f"{name}.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return all(row["holds"] is not False for row in kept)


def telco(folder: Path, place: Path) -> Asked | None:
    """Return the Telco set: every column a field of its own."""
    path = folder / "telco_churn_ibm.csv"
    if not path.exists():
        return None
    return Asked(path, _mapping(place / "telco.json", {"customerID": "external_id"}), "Churn")


def cdnow(folder: Path, place: Path, name: str = "cdnow_master.txt") -> Asked | None:
    """Return the payments of CDNOW: who pays again in the 39 weeks after the first 39."""
    path = folder / name
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split() for line in lines if line.strip() and not line.strip()[0].isalpha()]
    rows = [[one[0], one[-3], one[-1]] for one in cells]
    table = write(place / "payments.csv", ["who", "day", "dollars"], rows)
    mapping = {"who": "external_id", "day": "payment.day", "dollars": "payment.amount"}
    known = _mapping(place / "payments.json", mapping)
    return Asked(table, known, "silent", cutoff=date(1997, 9, 30), days=273)


def leads(folder: Path, place: Path) -> Asked | None:
    """Return the leads of a developer: lost where no booking followed."""
    path, booked_in = folder / "re_crm_leads.csv", folder / "re_crm_bookings.csv"
    if not path.exists() or not booked_in.exists():
        return None
    with path.open(encoding="utf-8-sig") as stream:
        found = list(csv.DictReader(stream))
    with booked_in.open(encoding="utf-8-sig") as stream:
        booked = {row["lead_id"] for row in csv.DictReader(stream)}
    rows = [[*one.values(), "no" if one["lead_id"] in booked else "yes"] for one in found]
    table = write(place / "leads.csv", [*found[0], "lost"], rows)
    mapping = dict.fromkeys(found[0], "text") | {
        "lead_id": "external_id",
        "lead_created_ts": "received_at",
        "budget_min": "number",
        "budget_max": "number",
        "lead_score": "number",
    }
    return Asked(table, _mapping(place / "leads.json", mapping), "lost")


def write(path: Path, header: list[str], rows: Iterable[list[str]]) -> Path:
    """Write a CSV file and return its path."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _mapping(path: Path, mapping: dict[str, str]) -> Path:
    path.write_text(json.dumps(mapping), encoding="utf-8")
    return path
