"""Word documents, written with python-docx: what is printed is read, what is not is left out."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from layouts import Look, facts, printed, words_of

from semsearch.errors import DocumentError
from semsearch.parsing import parse
from semsearch.parsing.docx import lines_of
from semsearch.parsing.lines import Style
from semsearch.records import Meeting, SectionKind

KINDS = SectionKind
STYLES = {Look.TITLE: "Title", Look.ITEM: "Heading 1", Look.HEADING: "Heading 2", Look.BULLET: "List Bullet"}


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def built(write: Callable[[Document], object]) -> bytes:
    document = docx.Document()
    write(document)
    return saved(document)


def texts(write: Callable[[Document], object]) -> list[str]:
    return [line.bare for line in lines_of(built(write), "x.docx")]


def minutes(write: Callable[[Document], object]) -> Meeting:
    document = docx.Document()
    document.add_paragraph("REFERAT Teknisk Udvalg d. 04-09-2023", style="Title")
    document.add_paragraph("Mødedato: mandag d. 4. september 2023 kl. 08:30")
    write(document)
    return parse(saved(document), "x.docx")


def test_headings_lists_and_tables_in_order() -> None:
    def write(document: Document) -> None:
        document.add_paragraph("Punkt 1: Plan", style="Heading 1")
        document.add_paragraph("23/1234")
        document.add_paragraph("Indstilling", style="Heading 2")
        for point in ("at A", "at B"):
            document.add_paragraph(point, style="List Number")
        document.add_paragraph("Sagsfremstilling", style="Heading 2")
        document.add_paragraph("Før tabellen.")
        table = document.add_table(rows=2, cols=3)
        for row, cells in zip(table.rows, (("År", "Drift", "Anlæg"), ("2023", "", "7")), strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.add_paragraph("Økonomi", style="List Bullet")
        document.add_paragraph("Beslutning").runs[0].bold = True
        document.add_paragraph("Godkendt.")

    meeting = minutes(write)
    (item,) = meeting.items
    assert (meeting.committee, meeting.date, meeting.start) == (
        "Teknisk Udvalg",
        date(2023, 9, 4),
        time(8, 30),
    )
    assert (item.number, item.title, item.case_number) == (1, "Plan", "23/1234")
    assert [section.kind for section in item.sections] == [
        KINDS.RECOMMENDATION,
        KINDS.PRESENTATION,
        KINDS.DECISION,
    ]
    assert "Indstilling\n\n1. at A\n2. at B\n\nSagsfremstilling" in meeting.text
    assert "Før tabellen.\n\nÅr | Drift | Anlæg\n2023 |  | 7\n\n- Økonomi\n\nBeslutning" in meeting.text


def test_what_is_not_printed_is_left_out() -> None:
    xml = f"""<w:p {nsdecls("w")}>
      <w:r><w:t>Vi </w:t></w:r><w:ins><w:r><w:t>siger </w:t></w:r></w:ins>
      <w:del><w:r><w:delText>sagde </w:delText></w:r></w:del>
      <w:sdt><w:sdtContent><w:r><w:t>ja</w:t></w:r></w:sdtContent></w:sdt>
      <w:r><w:rPr><w:vanish/></w:rPr><w:t> hemmeligt</w:t></w:r>
      <w:moveFrom><w:r><w:t> flyttet</w:t></w:r></w:moveFrom>
      <w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText>
      <w:fldChar w:fldCharType="separate"/></w:r>
      <w:hyperlink><w:r><w:t xml:space="preserve"> til</w:t></w:r></w:hyperlink>
      <w:r><w:noBreakHyphen/><w:t>bud</w:t></w:r>
      <w:r><w:br/><w:t>ny linje</w:t></w:r></w:p>"""
    assert texts(lambda document: document.element.body.insert(0, parse_xml(xml))) == [
        "Vi siger ja til-bud",
        "ny linje",
    ]


def test_paragraphs_in_content_controls_and_text_boxes() -> None:
    control = f"""<w:sdt {nsdecls("w")}><w:sdtPr/><w:sdtContent>
      <w:p><w:r><w:t>I feltet</w:t></w:r></w:p></w:sdtContent></w:sdt>"""
    box = f"""<w:p {nsdecls("w")}><w:r><w:t>Ved boksen</w:t></w:r>
      <w:r><w:pict><w:txbxContent><w:p><w:r><w:t>I boksen</w:t></w:r></w:p>
      </w:txbxContent></w:pict></w:r></w:p>"""

    def write(document: Document) -> None:
        document.element.body.insert(0, parse_xml(box))
        document.element.body.insert(0, parse_xml(control))

    assert texts(write) == ["I feltet", "", "Ved boksen", "", "I boksen"]


def test_tables_within_tables_are_layout() -> None:
    def write(document: Document) -> None:
        outer = document.add_table(rows=1, cols=2)
        outer.cell(0, 0).text = "Ydre"
        inner = outer.cell(0, 1).add_table(rows=2, cols=2)
        for number, cell in enumerate(inner._cells):
            cell.text = "abcd"[number]

    assert [text for text in texts(write) if text] == ["Ydre", "a | b", "c | d"]


def test_a_head_in_a_table() -> None:
    def write(document: Document) -> None:
        table = document.add_table(rows=3, cols=2)
        rows = (
            ("Udvalg:", "Byrådet"),
            ("Dato:", "4. september 2023 kl. 17.00"),
            ("Deltagere:", "Ane Birk, Bo Dal"),
        )
        for row, cells in zip(table.rows, rows, strict=True):
            row.cells[0].text, row.cells[1].text = cells
        document.add_paragraph("Punkt 1: Plan", style="Heading 1")
        document.add_paragraph("23/1234")

    meeting = parse(built(write), "x.docx")
    assert (meeting.committee, meeting.date, meeting.start) == ("Byrådet", date(2023, 9, 4), time(17))
    assert meeting.participants == ("Ane Birk", "Bo Dal")


def test_closed_items_hold_no_text() -> None:
    def write(document: Document) -> None:
        for number, title in enumerate(("Lukket", "Plan"), 1):
            document.add_paragraph(f"Punkt {number}: {title}", style="Heading 1")
            document.add_paragraph(f"23/123{number}")
            document.add_paragraph("Baggrund", style="Heading 2")
            document.add_paragraph(f"Tekst om {title}.")

    meeting = minutes(write)
    assert [item.closed for item in meeting.items] == [True, False]
    assert "Tekst om Lukket" not in meeting.text
    assert "Tekst om Plan" in meeting.text


def test_numbers_of_headings_are_counted() -> None:
    numbering = """<w:abstractNum w:abstractNumId="90">
      <w:lvl w:ilvl="0"><w:start w:val="7"/><w:numFmt w:val="decimal"/>
      <w:lvlText w:val="Punkt %1:"/></w:lvl>
      <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>
      <w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>
      <w:num w:numId="91"><w:abstractNumId w:val="90"/></w:num>
      <w:num w:numId="92"><w:abstractNumId w:val="90"/>
      <w:lvlOverride w:ilvl="0"><w:startOverride w:val="2"/></w:lvlOverride></w:num>"""

    def add(document: Document, text: str, level: int, name: int, style: str = "Normal") -> None:
        properties = document.add_paragraph(text, style=style)._p.get_or_add_pPr()
        numbers = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{name}"/></w:numPr>'
        properties.append(parse_xml(numbers))

    def write(document: Document) -> None:
        root = document.part.numbering_part.element
        for child in parse_xml(f"<w:x {nsdecls('w')}>{numbering}</w:x>"):
            root.append(child)
        add(document, "Havnen", 0, 91, "Heading 1")
        add(document, "første", 1, 91)
        add(document, "anden", 1, 91)
        add(document, "Søen", 0, 91, "Heading 1")
        add(document, "første", 1, 91)
        add(document, "Åen", 0, 92, "Heading 1")
        add(document, "uden", 0, 0)

    assert [text for text in texts(write) if text] == [
        *("Punkt 7: Havnen", "a) første", "b) anden", "Punkt 8: Søen", "a) første", "Punkt 2: Åen", "uden"),
    ]


def test_looks() -> None:
    def write(document: Document) -> None:
        document.add_paragraph("Overskrift", style="Heading 3")
        document.add_paragraph().add_run("Fed").bold = True
        mixed = document.add_paragraph()
        mixed.add_run("Fed").bold = True
        mixed.add_run(" og mager")
        document.add_paragraph("Punktum", style="List Bullet")

    looks = [line.style for line in lines_of(built(write), "x.docx") if line.bare]
    assert looks == [Style.STYLED, Style.STYLED, Style.PLAIN, Style.FIXED]


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">""" + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


@pytest.mark.parametrize(
    "data",
    [
        packed(word__document_xml=b"<w>" + b" " * (200 << 20)),
        packed(word__document_xml=BOMB + b"]><x>&j;</x>"),
        packed(word__document_xml=b"<a>" * 100_000),
        packed(word__document_xml=b"<a></b>"),
        packed(word__document_xml=b""),
        packed(xl__workbook_xml=b"<a/>"),
        packed(),
        b"PK\x03\x04" + b"\0" * 1000,
        built(lambda document: document.add_paragraph("Tak for sidst"))[:-400],
        built(lambda document: document.add_paragraph("Tak for sidst")),
        built(lambda document: None),
    ],
)
def test_what_is_no_word_document_of_minutes_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError) as refused:
        parse(data, "x.docx")
    assert "x.docx" in refused.value.message
    assert refused.value.hint


def as_docx(text: str) -> bytes:
    document = docx.Document()
    rows: list[list[str]] = []
    for one in [*printed(text), None]:
        if one is not None and one.look is Look.ROW:
            rows.append(one.text.split("\t"))
            continue
        if rows:
            table = document.add_table(rows=0, cols=max(map(len, rows)))
            for row in rows:
                for cell, words in zip(table.add_row().cells, row, strict=False):
                    cell.text = words
            rows = []
        if one is not None:
            document.add_paragraph(one.text.removeprefix("- "), style=STYLES.get(one.look))
    return saved(document)


def test_real_minutes_read_the_same_as_word_documents(shared: Path) -> None:
    for path in sorted((shared / "seeds").iterdir()):
        plain = parse(path.read_bytes(), path.name)
        word = parse(as_docx(path.read_text(encoding="utf-8")), "x.docx")
        assert (word.committee, word.date, word.start, word.place) == (
            plain.committee,
            plain.date,
            plain.start,
            plain.place,
        )
        assert word.participants == plain.participants
        assert facts(word) == facts(plain)
        for number, item in enumerate(plain.items):
            assert word.items[number].attachments == item.attachments
            for ordinal in range(len(item.sections)):
                assert words_of(word, number, ordinal) == words_of(plain, number, ordinal)
