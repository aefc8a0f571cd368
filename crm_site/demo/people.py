"""Invented people: name, phone, home, budget. Pure but for the cleaned columns of the record."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

from crm_site.demo import words
from customers.models import Project

PHONE_PREFIX = "+86154"  # not in consumer use
LAYOUTS = {"bed2": (180, 280), "bed3": (260, 480), "bed4": (420, 720), "villa": (900, 1800)}
LAYOUT_SHARES = {"bed2": 30, "bed3": 45, "bed4": 20, "villa": 5}


def person(number: int, project: Project, chance: random.Random) -> dict[str, Any]:
    """Return the values of an entry for the person ``number`` who looks at ``project``."""
    layout = pick(chance, LAYOUT_SHARES)
    low, high = LAYOUTS[layout]
    start = chance.randrange(low, high, 10)
    income = Decimal(chance.choice((12, 18, 25, 36, 48, 60, 90, 150))) * 10_000
    known = chance.random
    born = date(chance.randint(1958, 2003), chance.randint(1, 12), chance.randint(1, 28))
    street = f"{chance.choice(words.STREETS)}{chance.randint(1, 600)}号"
    return {
        "name": name(chance),
        "phone": f"{PHONE_PREFIX}{number:08d}",
        "gender": chance.choice(("m", "f")),
        "birthday": born if known() < 0.6 else None,
        "city": project.city,
        "district": chance.choice(words.DISTRICTS[project.city]),
        "address": street if known() < 0.5 else "",
        "occupation": chance.choice(words.OCCUPATIONS) if known() < 0.7 else "",
        "family": chance.choice(words.FAMILIES) if known() < 0.7 else "",
        "motive": chance.choice(words.MOTIVES) if known() < 0.8 else "",
        "layout": layout,
        "budget_min": Decimal(start) * 10_000,
        "budget_max": Decimal(start + chance.randrange(20, 80, 10)) * 10_000,
        "intent": chance.choice((1, 2, 2, 3)) if known() < 0.85 else None,
        "project_role": chance.choice(("decider", "decider", "influencer", "user")),
        "annual_income": income if known() < 0.6 else None,
    }


def name(chance: random.Random) -> str:
    """Return a Chinese name; two in a hundred have a surname of two characters."""
    double = chance.random() < 0.02
    surname = chance.choice(words.DOUBLE_SURNAMES) if double else chance.choice(words.SURNAMES)
    given = chance.choice(words.GIVEN_FIRST)
    return surname + given + (chance.choice(words.GIVEN_SECOND) if chance.random() < 0.85 else "")


def pick(chance: random.Random, weights: dict[Any, int]) -> Any:
    """Return one key, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]
