"""A dashboard on A4, landscape, light, with its Chinese font inside."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from analytics.dashboards import words
from analytics.dashboards.exports.content import (
    Table,
    goal_of,
    head_of,
    light_word,
    mark_of,
    tables_of,
    title_of,
)
from analytics.dashboards.page import BoardPage
from analytics.dashboards.rules.sparks import HEIGHT, WIDTH
from analytics.dashboards.selectors.cards import Card
from analytics.kpis.rules.lights import Light

FONT = "NotoSansSC"
PAGE_W, PAGE_H, EDGE, GAP = 297.0, 210.0, 12.0, 4.0  # mm
FOOT = 12.0
ROW, HEAD = 5.6, 8.0
CARD_H = 34.0
BLUE, SOFT, LINE, TEXT, GREY, TRACK = (
    (9, 88, 217),
    (214, 230, 255),
    (211, 217, 227),
    (31, 31, 31),
    (89, 89, 89),
    (230, 234, 241),
)
TONES = {
    Light.GREEN: (35, 120, 4),
    Light.AMBER: (135, 77, 0),
    Light.RED: (168, 7, 26),
    Light.NONE: GREY,
}
SHAPES = {Light.GREEN: "●", Light.AMBER: "◆", Light.RED: "▲"}


def board_pdf(page: BoardPage) -> bytes:
    """Return the dashboard as a PDF; the same figures give the same bytes."""
    paper = _Paper(page)
    paper.cards(page.cards)
    for table in tables_of(page):
        paper.table(table)
    return paper.bytes()


class _Paper:
    """Pages being filled: cards on top, then panels in two columns or over the whole width."""

    def __init__(self, page: BoardPage) -> None:
        """The library is loaded here: few who open a dashboard ask for its paper."""
        from fpdf import FPDF
        from pylopdf_fonts_zh_cn import sans_path

        mark = mark_of(page)

        class Sheet(FPDF):
            def footer(self) -> None:
                self.set_y(-FOOT)
                self.set_font(FONT, size=8)
                self.set_text_color(*GREY)
                numbers = _("page %(n)s of %(all)s") % {"n": self.page_no(), "all": "{nb}"}
                self.cell(0, 6, f"{mark} · {numbers}", align="C")

        self.pdf = Sheet(orientation="landscape", format="A4")
        self.pdf.set_creation_date(page.made_at)
        self.pdf.set_title(f"{title_of(page)} {page.asked.choice.name}")
        self.pdf.set_lang("zh-CN")
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.add_font(FONT, fname=sans_path())
        self.pdf.add_page()
        self._title(page)
        self.columns = [self.pdf.get_y(), self.pdf.get_y()]

    def bytes(self) -> bytes:
        """Return the file."""
        return bytes(self.pdf.output())

    def cards(self, cards: Sequence[Card]) -> None:
        """Draw the key figures side by side."""
        if not cards:
            return
        top = self.columns[0]
        width = (PAGE_W - 2 * EDGE - GAP * (len(cards) - 1)) / len(cards)
        for place, card in enumerate(cards):
            self._card(card, EDGE + place * (width + GAP), top, width)
        self.columns = [top + CARD_H + GAP] * 2

    def table(self, table: Table) -> None:
        """Draw a panel where there is room, on a new page where there is none."""
        width = PAGE_W - 2 * EDGE if table.wide else (PAGE_W - 2 * EDGE - GAP) / 2
        height = HEAD + ROW * (len(table.rows) + 1) + GAP
        column = 0 if table.wide or self.columns[0] <= self.columns[1] else 1
        top = max(self.columns) if table.wide else self.columns[column]
        if top + height > PAGE_H - FOOT:
            self.pdf.add_page()
            self.columns, column, top = [EDGE, EDGE], 0, EDGE
        left = EDGE + column * (width + GAP)
        self._panel(table, left, top, width)
        if table.wide:
            self.columns = [top + height] * 2
        else:
            self.columns[column] = top + height

    def _title(self, page: BoardPage) -> None:
        self._text(f"{title_of(page)} · {page.asked.choice.name}", EDGE, EDGE - 3, 200, size=16)
        lead = "   ".join(f"{label} {value}" for label, value in head_of(page))
        self._text(lead, EDGE, EDGE + 5, PAGE_W - 2 * EDGE, size=9, colour=GREY)
        self.pdf.set_y(EDGE + 13)

    def _card(self, card: Card, left: float, top: float, width: float) -> None:
        self.pdf.set_draw_color(*LINE)
        self.pdf.rect(left, top, width, CARD_H, round_corners=True, corner_radius=1.5)
        inner, x = width - 5, left + 2.5
        tone = TONES[card.light]
        self._text(str(card.kpi.label), x, top + 1.5, inner - 12, size=8, colour=GREY)
        sign = f"{SHAPES.get(card.light, '')} {light_word(card)}".strip()
        self._text(sign, x, top + 1.5, inner, size=8, colour=tone, align="R")
        shown, unit = card.shown
        self._text(f"{shown} {unit}".strip(), x, top + 7.5, inner, size=16)
        self._spark(card, x + inner - 18, top + 9)
        if card.goal is not None:
            self._bar(card, x, top + 17.5, inner, tone)
        goal = f"{_('Target')} {goal_of(card)}" if card.goal else str(card.note or _("No target"))
        self._text(goal, x, top + 19, inner, size=7.5, colour=GREY)
        for line, (change, label) in enumerate(
            ((card.before, _("period before")), (card.year, _("year before")))
        ):
            said = f"{words.change_words(change)}  {label}"
            self._text(said, x, top + 23.5 + line * 4.6, inner, size=7.5, colour=GREY)

    def _bar(self, card: Card, left: float, top: float, width: float, tone: Any) -> None:
        self.pdf.set_fill_color(*TRACK)
        self.pdf.rect(left, top, width, 1.2, style="F")
        if card.reached:
            self.pdf.set_fill_color(*tone)
            self.pdf.rect(left, top, width * card.reached / 100, 1.2, style="F")

    def _spark(self, card: Card, left: float, top: float) -> None:
        line = card.spark
        if line is None:
            return
        corners = [tuple(float(n) for n in point.split(",")) for point in line.line.split()]
        placed = [(left + x * 18 / WIDTH, top + y * 6 / HEIGHT) for x, y in corners]
        self.pdf.set_draw_color(*BLUE)
        self.pdf.set_line_width(0.3)
        self.pdf.polyline(placed)
        self.pdf.set_line_width(0.2)

    def _panel(self, table: Table, left: float, top: float, width: float) -> None:
        self._text(table.title, left, top, width, size=10.5)
        widths = _widths(table, width)
        top += HEAD - 1
        self.pdf.set_fill_color(*TRACK)
        self.pdf.rect(left, top, width, ROW, style="F")
        self._line(table.headings, widths, left, top, numbers=_numbers(table), colour=GREY)
        for row in table.rows:
            top += ROW
            self._line([fact.text for fact in row], widths, left, top, numbers=_numbers(table))
            self.pdf.set_draw_color(*LINE)
            self.pdf.line(left, top + ROW, left + width, top + ROW)

    def _line(
        self,
        texts: Sequence[str],
        widths: Sequence[float],
        left: float,
        top: float,
        *,
        numbers: frozenset[int],
        colour: tuple[int, int, int] = TEXT,
    ) -> None:
        for place, text in enumerate(texts):
            align = "R" if place in numbers else "L"
            self._text(
                text, left + 1, top + 0.4, widths[place] - 2, size=8, colour=colour, align=align
            )
            left += widths[place]

    def _text(  # noqa: PLR0913 -- one flat call
        self,
        text: str,
        left: float,
        top: float,
        width: float,
        *,
        size: float,
        colour: tuple[int, int, int] = TEXT,
        align: str = "L",
    ) -> None:
        self.pdf.set_font(FONT, size=size)
        self.pdf.set_text_color(*colour)
        self.pdf.set_xy(left, top)
        self.pdf.cell(width, size * 0.55, self._fitting(text, width), align=align)

    def _fitting(self, text: str, width: float) -> str:
        """Return a text as far as it fits, with an ellipsis where it does not."""
        if self.pdf.get_string_width(text) <= width:
            return text
        while text and self.pdf.get_string_width(f"{text}…") > width:
            text = text[:-1]
        return f"{text}…"


def _numbers(table: Table) -> frozenset[int]:
    """Return the columns that hold numbers."""
    columns = range(len(table.headings))
    return frozenset(
        place
        for place in columns
        if place and any(row[place].number is not None for row in table.rows)
    )


def _widths(table: Table, width: float) -> list[float]:
    """Return the widths of the columns: texts take more room than numbers."""
    numbers = _numbers(table)
    weights = [
        0.4 if table.headings[place] == "#" else 1.0 if place in numbers else 1.8
        for place in range(len(table.headings))
    ]
    return [width * weight / sum(weights) for weight in weights]
