"""The demo company's customers, drawn from the model and told as stories; the truth kept apart."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_site.demo import world as model
from crm_site.demo.company import Company
from crm_site.demo.prices import Offer
from crm_site.demo.sales import Seller
from crm_site.demo.stock import stock_of
from crm_site.demo.stories import Story, Teller
from crm_site.demo.writing import write_stories

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Drawing:
    """Which customers are drawn: from which world, how many, by which seed."""

    world: str
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class Told:
    """What else the company must show: months of delay by project, who was refused a loan."""

    delays: Mapping[int, int]
    refused: frozenset[str]


def simulate(
    company: Company,
    *,
    drawing: Drawing,
    now: datetime,
    offers: Mapping[int, Sequence[Offer]],
    truth: Path | None,
) -> Told:
    """Write the drawn customers into the empty company and the truth about them into a file.

    They buy from ``offers``, the units on sale by project. Return what more follows from the model.

    The same seed, count and moment give the same customers. ``truth`` is a JSON file outside the
    database: the world, its projects and consultants, and per customer what decided its chance.
    """
    staff = [user for users in company.consultants.values() for user in users]
    places = {project.pk: number for number, project in enumerate(company.projects)}
    homes = [places[user.node.project_id] for user in staff]  # type: ignore[union-attr, index]
    drawn = model.draw(
        world=model.WORLDS[drawing.world],
        count=drawing.count,
        projects=len(company.projects),
        consultants=homes,
        seed=drawing.seed,
    )
    chance = random.Random(drawing.seed)  # noqa: S311 -- demo data, not a secret
    teller = Teller(projects=company.projects, staff=staff, chance=chance, now=now)
    seller = Seller(stock=stock_of(offers, chance=chance), chance=chance, now=now)
    told: list[dict[str, Any]] = []
    refused: set[str] = set()
    for start in range(0, drawing.count, BATCH):
        part = drawn.people[start : start + BATCH]
        stories = [teller.tell(start + place, *pair) for place, pair in enumerate(part)]
        write_stories(stories, seller=seller, chance=chance, now=now)
        told += [_told(story) for story in stories]
        refused |= {str(story.number) for story in stories if story.facts.loan_refused}
    if truth is not None:
        usernames = [user.username for user in staff]
        _write_truth(truth, drawn, told, usernames=usernames, seed=drawing.seed, now=now)
    delays = {
        project.pk: place.delay_months
        for project, place in zip(company.projects, drawn.places, strict=True)
    }
    return Told(delays, frozenset(refused))


def _told(story: Story) -> dict[str, Any]:
    """Return the truth about one customer, by the external id of its record."""
    known: dict[str, Any] = {"customer": str(story.number), "facts": asdict(story.facts)}
    known |= {"is_lost": None, "same_as": None if story.same_as is None else str(story.same_as)}
    if story.fate is None:
        return known
    fate = asdict(story.fate)
    lost_at = story.lost_at.isoformat() if story.lost_at else None
    return known | fate | {"is_lost": story.lost_at is not None, "lost_at": lost_at}


def _write_truth(
    path: Path,
    drawn: model.Draw,
    told: list[dict[str, Any]],
    *,
    usernames: list[str],
    seed: int,
    now: datetime,
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "world": asdict(drawn.world),
        "seed": seed,
        "now": now.isoformat(),
        "projects": [asdict(place) for place in drawn.places],
        "diligence": dict(zip(usernames, drawn.diligence, strict=True)),
        "customers": told,
    }
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
