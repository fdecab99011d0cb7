"""What every PDF shares: the typeface, the styles, and the one place where text becomes markup."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

_FONTS = Path(__file__).parent / "fonts"


class FontsMissingError(RuntimeError):
    """The fonts are cut by ``make setup``; without them no PDF is made."""


@lru_cache(maxsize=1)
def fonts() -> tuple[str, str]:
    """Register Inter, regular and bold."""
    for name in ("Inter-Regular", "Inter-Bold"):
        path = _FONTS / f"{name}.ttf"
        if not path.exists():
            raise FontsMissingError(f"{path.name} is missing: run make setup")
        pdfmetrics.registerFont(TTFont(name, str(path)))
    return "Inter-Regular", "Inter-Bold"


def style(size: float, *, bold: bool = False, space: float = 4, right: bool = False) -> ParagraphStyle:
    regular, heavy = fonts()
    return ParagraphStyle(
        f"{size}{bold}{right}",
        fontName=heavy if bold else regular,
        fontSize=size,
        leading=size * 1.35,
        spaceAfter=space,
        alignment=2 if right else 0,
    )


def text(content: str, size: float = 10, *, bold: bool = False, right: bool = False) -> Paragraph:
    """A paragraph of plain text. Whatever a person wrote is escaped here and nowhere else."""
    return Paragraph(escape(content).replace("\n", "<br/>"), style(size, bold=bold, right=right))


def heading(content: str, level: int = 1) -> Paragraph:
    return text(content, {1: 18, 2: 13}.get(level, 11), bold=True)


def table(rows: Sequence[Sequence[str]], widths: Sequence[float], *, head: bool = True) -> Table:
    """Rows of text; the last column is flush right; widths in mm."""
    cells = [
        [text(cell, 9, bold=head and number == 0, right=column == len(row) - 1) for column, cell in enumerate(row)]
        for number, row in enumerate(rows)
    ]
    made = Table(cells, colWidths=[width * mm for width in widths], repeatRows=1 if head else 0)
    made.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#A9B4BC"))]))
    return made


def write(title: str, story: Sequence[Flowable], language: str) -> bytes:
    """The PDF: the same bytes for the same content."""
    regular, _ = fonts()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, title=title, author="iBalanse", lang=language, invariant=1, initialFontName=regular,
        leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
    )  # fmt: skip
    document.build(list(story))
    return buffer.getvalue()


def gap(height: float = 6) -> Spacer:
    return Spacer(1, height)
