"""The commitment letter as a PDF with its Chinese font inside (MKT-50).

The one module that knows the PDF library: fpdf2 draws, the font is Noto Sans SC (OFL). Only the
signs that are used go into the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from pylopdf_fonts_zh_cn import sans_path

FONT = "NotoSansSC"
MARGIN = 22  # mm
TITLE, TEXT, SMALL = 20, 11, 9  # points
LINE = 8  # mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the letter says: heading, number, lines of (label, value), paragraphs, who signs."""

    title: str
    number: str
    facts: Sequence[tuple[str, str]]
    paragraphs: Sequence[str]
    signers: Sequence[str]
    foot: str
    made_at: datetime


def letter_pdf(letter: Letter) -> bytes:
    """Return the letter as one A4 page; the same letter gives the same bytes."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(letter.made_at)
    pdf.set_title(f"{letter.title} {letter.number}")
    pdf.set_lang("zh-CN")
    pdf.set_margin(MARGIN)
    pdf.add_font(FONT, fname=sans_path())
    pdf.add_page()
    _line(pdf, letter.title, size=TITLE, align="C", height=14)
    _line(pdf, letter.number, size=SMALL, align="C")
    pdf.ln(LINE / 2)
    for label, value in letter.facts:
        _fact(pdf, label, value)
    pdf.ln(LINE / 2)
    for paragraph in letter.paragraphs:
        _line(pdf, paragraph, size=TEXT)
        pdf.ln(LINE / 4)
    pdf.ln(LINE * 2)
    half = (pdf.w - 2 * MARGIN) / 2
    pdf.set_font(FONT, size=TEXT)
    for signer in letter.signers:
        pdf.cell(half, LINE, f"{signer}：____________________")
    pdf.ln(LINE * 2)
    _line(pdf, letter.foot, size=SMALL)
    return bytes(pdf.output())


def _line(pdf: FPDF, text: str, *, size: int, align: str = "L", height: float = LINE) -> None:
    pdf.set_font(FONT, size=size)
    pdf.multi_cell(0, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _fact(pdf: FPDF, label: str, value: str) -> None:
    pdf.set_font(FONT, size=TEXT)
    pdf.cell(42, LINE, label)
    pdf.multi_cell(0, LINE, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
