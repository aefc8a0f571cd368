"""What a dashboard says, as tables; PDF and workbook are drawn from these and show the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.dashboards import words
from analytics.dashboards.figures import in_cell, split_figure
from analytics.dashboards.page import BoardPage
from analytics.dashboards.selectors.cards import Card
from analytics.dashboards.selectors.drivers import Node
from crm_site.common.display import local_date, local_dt, local_time

Value = str | Decimal | int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell: the text as the page shows it, and the number where it is one."""

    text: str
    number: Value = None


@dataclass(frozen=True, slots=True)
class Table:
    """One panel: its heading, the headings of its columns, its rows."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Fact, ...], ...]
    wide: bool = False


def head_of(page: BoardPage) -> list[tuple[str, str]]:
    """Return what the figures are narrowed to and when they were read."""
    return [*page.filters, (_("Figures as of"), local_dt(page.made_at))]


def mark_of(page: BoardPage) -> str:
    """Return the words by which a leaked file names who took it."""
    user = page.asked.user
    return _("Internal · %(name)s %(number)s · %(at)s") % {
        "name": user.name,
        "number": user.employee_no[-4:] or str(user.pk),
        "at": local_dt(page.made_at),
    }


def tables_of(page: BoardPage) -> list[Table]:
    """Return the panels of the dashboard in the order of the page."""
    makers = (_funnel, _heat, _rank, _overdue, _late, _parties, _trend, _cohorts, _tree)
    return [table for make in makers for table in make(page)]


def cards_table(page: BoardPage) -> Table:
    """Return the key figures with their definitions."""
    headings = (
        _("Figure"),
        pgettext("of a figure", "Value"),
        pgettext("of a figure", "Unit"),
        _("Target"),
        pgettext("of a figure", "Light"),
        _("against the period before"),
        _("against the year before"),
        _("Rows behind it"),
        pgettext("of a figure", "Formula"),
        pgettext("of a figure", "Left out"),
    )
    return Table(_("Key figures"), headings, tuple(_card(card) for card in page.cards), wide=True)


def text_of(value: Decimal | None, unit: str) -> str:
    """Return a figure as the page shows it, with its unit."""
    shown, ending = split_figure(value, unit)
    return f"{shown} {ending}".strip() if ending not in {"%", ""} else f"{shown}{ending}"


def goal_of(card: Card) -> str:
    """Return the target with its sign, empty without one."""
    if card.goal is None:
        return ""
    return f"{card.goal_sign} {text_of(card.goal.value, card.kpi.unit)}"


def light_word(card: Card) -> str:
    """Return the light in a word, empty without one."""
    found = words.LIGHTS.get(card.light)
    return str(found[1]) if found else ""


def _card(card: Card) -> tuple[Fact, ...]:
    shown, unit = card.shown
    return (
        Fact(str(card.kpi.label)),
        Fact(shown, card.reading.value),
        Fact(unit),
        Fact(goal_of(card)),
        Fact(light_word(card)),
        Fact(words.change_words(card.before)),
        Fact(words.change_words(card.year)),
        Fact(str(card.reading.n), card.reading.n),
        Fact(str(card.kpi.formula)),
        Fact(str(card.kpi.exclusions)),
    )


def _count(number: int) -> Fact:
    return Fact(str(number), number)


def _figure(value: Decimal | None, unit: str) -> Fact:
    return Fact(text_of(value, unit), value)


def _in_cell(value: Decimal | None, unit: str) -> Fact:
    return Fact(in_cell(value, unit), value)


def _share(value: Decimal | None) -> Fact:
    return Fact("--" if value is None else f"{value}%", value)


def _funnel(page: BoardPage) -> Iterator[Table]:
    if page.funnel is None:
        return
    headings = (
        _("Step"),
        pgettext("count of", "customers"),
        _("in the other period"),
        _("of step before"),
    )
    rows = tuple(
        (
            Fact(str(words.STEPS[stage.step])),
            _count(stage.came),
            _count(before),
            _share(stage.share),
        )
        for stage, before, _width, _tick in page.funnel.lines()
    )
    yield Table(_("From known to signed"), headings, rows)


def _heat(page: BoardPage) -> Iterator[Table]:
    heat = page.heat
    if heat is None:
        return
    title = _("%(figure)s by week") % {"figure": heat.kpi.label}
    rows = tuple(
        (
            Fact(name),
            *(
                Fact(split_figure(cell.reading.value, heat.kpi.unit)[0], cell.reading.value)
                for cell in cells
            ),
            Fact("--") if total is None else Fact(split_figure(total, heat.kpi.unit)[0], total),
        )
        for name, cells, total in heat.lines
    )
    yield Table(title, (pgettext("report", "Place"), *heat.weeks, _("Sum")), rows, wide=True)


def _rank(page: BoardPage) -> Iterator[Table]:
    rank = page.rank
    if rank is None:
        return
    title = _("Consultants") if rank.kind.value == "consultant" else _("Projects")
    headings = ("#", pgettext("place", "Name"), *(str(kpi.label) for kpi in rank.columns))
    rows = tuple(
        (
            _count(line.number),
            Fact(line.name),
            *(_figure(reading.value, unit) for reading, unit, _url in line.cells),
        )
        for line in rank.lines
    )
    yield Table(title, headings, rows)


def _overdue(page: BoardPage) -> Iterator[Table]:
    if page.overdue is None:
        return
    title = f"{pgettext('work', 'Overdue')} ({page.overdue.count})"
    rows = tuple(
        (
            Fact(task.customer.name if task.customer else ""),
            Fact(task.title),
            Fact(task.owner.name),
            Fact(local_dt(task.due_at)),
        )
        for task in page.overdue.rows
    )
    headings = (_("Customer"), _("What to do"), _("Responsible"), _("Due"))
    yield Table(title, headings, rows)


def _late(page: BoardPage) -> Iterator[Table]:
    if page.late is None:
        return
    title = f"{_('Overdue tickets')} ({page.late.count})"
    rows = tuple(
        (
            Fact(ticket.number),
            Fact(ticket.subject),
            Fact(ticket.project.name if ticket.project else ""),
            Fact(local_dt(ticket.due_at)),
        )
        for ticket in page.late.rows
    )
    yield Table(title, (_("Number"), _("Subject"), _("Project"), _("Due")), rows)


def _parties(page: BoardPage) -> Iterator[Table]:
    if page.parties is None:
        return
    rows = tuple(
        (
            Fact(str(party.label)),
            Fact(str(card.kpi.label)),
            _figure(card.reading.value, card.kpi.unit),
            Fact(words.change_words(card.before)),
        )
        for party in page.parties
        for card in party.cards
    )
    headings = (
        _("Who gains"),
        _("Figure"),
        pgettext("of a figure", "Value"),
        _("against the period before"),
    )
    yield Table(_("Who gains"), headings, rows)


def _trend(page: BoardPage) -> Iterator[Table]:
    if page.trend is None:
        return
    table = page.trend.table()
    rows = tuple(
        (Fact(str(label)), *(_figure(cell.value, page.trend.unit) for cell in cells))  # type: ignore[arg-type]
        for label, cells in table.rows
    )
    yield Table(str(page.trend.title), tuple(str(each) for each in table.headings), rows)


def _cohorts(page: BoardPage) -> Iterator[Table]:
    if page.cohorts is None:
        return
    size = len(page.cohorts)
    rows = tuple(
        (
            Fact(cohort.month),
            _count(cohort.size),
            *(_whole(share) for share, _shade in cohort.kept),
            *(Fact("") for _place in range(size - len(cohort.kept))),
        )
        for cohort in page.cohorts
    )
    headings = (
        _("Month"),
        pgettext("count of", "customers"),
        *(str(month) for month in range(size)),
    )
    yield Table(_("Kept, by month of first contact"), headings, rows)


def _whole(share: Decimal | None) -> Fact:
    return Fact("--" if share is None else f"{share:.0f}", share)


def _tree(page: BoardPage) -> Iterator[Table]:
    if page.tree is None:
        return
    headings = (
        _("Figure"),
        pgettext("of a figure", "Value"),
        pgettext("of a figure", "Light"),
        _("against the period before"),
    )
    yield Table(_("What drives what"), headings, tuple(_nodes(page.tree, 0)))


def _nodes(node: Node, depth: int) -> Iterator[tuple[Fact, ...]]:
    card = node.card
    yield (
        Fact(f"{'· ' * depth}{card.kpi.label}"),
        _figure(card.reading.value, card.kpi.unit),
        Fact(light_word(card)),
        Fact(words.change_words(card.before)),
    )
    for each in node.drivers:
        yield from _nodes(each, depth + 1)


def as_of(page: BoardPage) -> str:
    """Return the day and time of the figures."""
    return f"{local_date(page.made_at)} {local_time(page.made_at)}"


def title_of(page: BoardPage) -> Any:
    """Return the heading of the file."""
    return words.title(page.asked)
