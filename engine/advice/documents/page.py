"""What every PDF shares: the typeface, the styles, the page numbers, and the one place where text becomes markup."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from engine.advice.documents.words import word

_FONTS = Path(__file__).parent / "fonts"
#: What stands where the typeface has no sign, so that a reader sees that something is not there.
NO_GLYPH = "\u25a1"
MARGIN = 18 * mm
#: Points between the edge of a cell and its text, and how high a row may be and still fit on a page with its head.
CELL_PADDING, MAX_ROW = 6, 640


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


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """The code points both faces can show."""
    faces = (pdfmetrics.getFont(name).face.charToGlyph for name in fonts())
    return frozenset.intersection(*(frozenset(face) for face in faces))


def printable(content: str) -> str:
    """*content* as it can be set: composed letters (NFC), no control or format signs but line breaks."""
    composed = unicodedata.normalize("NFC", content.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(c for c in composed if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))


def missing_glyphs(*contents: str) -> tuple[str, ...]:
    """The signs no typeface here can show, in the order they come, each once."""
    there = _glyphs()
    plain = (c for content in contents for c in printable(content) if not c.isspace())
    return tuple(dict.fromkeys(c for c in plain if ord(c) not in there))


def shown(content: str) -> str:
    """*content* with a square for each sign no typeface here can show."""
    there = _glyphs()
    return "".join(c if c.isspace() or ord(c) in there else NO_GLYPH for c in printable(content))


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
    return Paragraph(escape(shown(content)).replace("\n", "<br/>"), style(size, bold=bold, right=right))


def heading(content: str, level: int = 1) -> Paragraph:
    return text(content, {1: 18, 2: 13}.get(level, 11), bold=True)


def table(rows: Sequence[Sequence[str]], widths: Sequence[float], *, head: bool = True, amounts: int = 1) -> Table:
    """Rows of text; the last *amounts* columns are flush right; *widths* in mm, 170 in all.

    A row that fits on a page stays whole; a longer one goes on over the next.
    """
    cells = [
        [
            text(cell, 9, bold=head and number == 0, right=column >= len(row) - amounts)
            for column, cell in enumerate(row)
        ]
        for number, row in enumerate(rows)
    ]
    made = Table(
        cells,
        colWidths=[width * mm for width in widths],
        repeatRows=1 if head and len(rows) > 1 else 0,
        splitInRow=1 if _has_tall_row(cells, widths) else 0,
        hAlign="LEFT",
    )
    made.setStyle(
        TableStyle(
            [("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#A9B4BC")), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        )
    )
    return made


def _has_tall_row(cells: Sequence[Sequence[Paragraph]], widths: Sequence[float]) -> bool:
    """Whether a row needs more than a page. All others stay in one piece."""
    inner = [width * mm - 2 * CELL_PADDING for width in widths]
    return any(cell.wrap(width, A4[1])[1] > MAX_ROW for row in cells for cell, width in zip(row, inner, strict=True))


def missing_note(contents: Iterable[str], language: str) -> list[Flowable]:
    """A sentence on the signs of *contents* that are a square here, and where they are read; or nothing."""
    lost = missing_glyphs(*contents)
    if not lost:
        return []
    return [text(word(language, "no_glyph").format(square=NO_GLYPH, count=len(lost)), 9), gap()]


class _NumberedCanvas(Canvas):  # type: ignore[misc]
    """Writes which page it is, of how many, below each: the number is known when the last one is done."""

    def __init__(self, *args: object, language: str, **named: object) -> None:
        super().__init__(*args, **named)
        self._language = language
        self._done: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802
        self._done.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        regular, _ = fonts()
        for number, page in enumerate(self._done, 1):
            self.__dict__.update(page)
            self.setFont(regular, 8)
            place = word(self._language, "page").format(number=number, count=len(self._done))
            self.drawCentredString(A4[0] / 2, 10 * mm, place)
            super().showPage()
        super().save()


def write(title: str, story: Sequence[Flowable], language: str) -> bytes:
    """The PDF: the same bytes for the same content."""
    regular, _ = fonts()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title=title,
        author="iBalanse",
        lang=language,
        invariant=1,
        initialFontName=regular,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
    )
    document.build(list(story), canvasmaker=partial(_NumberedCanvas, language=language))
    return buffer.getvalue()


def gap(height: float = 6) -> Spacer:
    return Spacer(1, height)
