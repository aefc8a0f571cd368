"""The classes an agent chooses from by typing, and how what was typed is read (B6)."""

from collections import Counter
from dataclasses import dataclass

from customers.rules.search import read_aloud
from service.desk.choices import MATTERS
from service.desk.rules.choosing import initials, proposed_severity, search_keys
from service.tickets.models import TicketCategory

KINDS = dict(MATTERS)


@dataclass(frozen=True, slots=True)
class Option:
    """A class as it is offered: its words, what finds it, the severity it proposes."""

    category: TicketCategory
    label: str
    keys: str
    initials: str
    path: str
    severity: str


def offered(grade: str = "") -> list[Option]:
    """Return the classes an agent may choose for a caller of this grade, complaints first."""
    rows = TicketCategory.objects.leaves().filter(axis="object", kind__in=KINDS)
    found = sorted(rows.select_related("parent"), key=_place)
    names = Counter(row.name for row in found)
    return [_option(row, is_alone=names[row.name] == 1, grade=grade) for row in found]


def read(text: str, options: list[Option]) -> Option | None:
    """Return the class that ``text`` names: by its words, its code or by pinyin only it has."""
    typed = text.strip().lower()
    for named in (
        [each for each in options if typed == each.label.lower()],
        [each for each in options if typed in (each.category.name.lower(), each.category.code)],
        [each for each in options if typed in each.keys.split()],
    ):
        if len(named) == 1:
            return named[0]
    return None


def _place(row: TicketCategory) -> tuple[int, int, int]:
    return list(KINDS).index(row.kind), row.position, row.pk


def _option(row: TicketCategory, *, is_alone: bool, grade: str) -> Option:
    syllables = read_aloud(row.name)
    kind = str(KINDS[row.kind])
    above = [row.parent.name] if row.parent else []
    return Option(
        category=row,
        label=row.name if is_alone else f"{row.name}（{kind}）",  # han: full-width brackets
        keys=search_keys(row.name, syllables),
        initials=initials(syllables),
        path=" › ".join([kind, *above]),
        severity=proposed_severity(row.urgency, grade),
    )
