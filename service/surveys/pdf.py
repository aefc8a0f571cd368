"""A report of satisfaction as a PDF with its Chinese font inside; drawn of frozen facts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from pylopdf_fonts_zh_cn import sans_path

FONT = "NotoSansSC"
MARGIN = 20  # mm
TITLE, HEAD, TEXT, SMALL = 18, 13, 10.5, 9  # points
LINE = 7  # mm
LABEL = 32  # mm


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter: its heading and its lines."""

    title: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What the report says."""

    title: str
    number: str
    lead: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    foot: str
    made_at: datetime


def paper_pdf(paper: Paper) -> bytes:
    """Return the report on A4; the same report gives the same bytes."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(paper.made_at)
    pdf.set_title(f"{paper.title} {paper.number}")
    pdf.set_lang("zh-CN")
    pdf.set_margin(MARGIN)
    pdf.add_font(FONT, fname=sans_path())
    pdf.add_page()
    _line(pdf, paper.title, size=TITLE, align="C", height=12)
    _line(pdf, paper.number, size=SMALL, align="C")
    pdf.ln(LINE / 2)
    for label, value in paper.lead:
        pdf.set_font(FONT, size=TEXT)
        pdf.cell(LABEL, LINE, label)
        pdf.multi_cell(0, LINE, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for part in paper.parts:
        pdf.ln(LINE / 2)
        _line(pdf, part.title, size=HEAD, height=9)
        for text in part.lines:
            _line(pdf, text, size=TEXT)
    pdf.ln(LINE)
    _line(pdf, paper.foot, size=SMALL)
    return bytes(pdf.output())


def _line(pdf: FPDF, text: str, *, size: float, align: str = "L", height: float = LINE) -> None:
    pdf.set_font(FONT, size=size)
    pdf.multi_cell(0, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
