"""Files in the forms of NLM's MeSH, with made-up content.

Owns those forms (https://www.nlm.nih.gov/mesh/xml_data_elements.html). Never reads one.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

ROWS = (
    ("D900001", "Made-up Disorders", ("F99",), ("Invented Disorders",)),
    (
        "D900002",
        "Made-up Disorder, Severe",
        ("F99.100", "C99.200"),
        ("Severe Made-up Disorder", "MUD & more"),
    ),
    ("D900003", "Made-up Remedy", (), ()),
)
"""UI, name, tree numbers, entry terms."""
Row = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def descriptors(path: Path, rows: tuple[Row, ...] = ROWS, dtd_year: str = "2031") -> Path:
    """As desc2031.xml."""
    records = "".join(
        f"""<DescriptorRecord DescriptorClass = "1">
  <DescriptorUI>{ui}</DescriptorUI>
  <DescriptorName>
   <String>{escape(name)}</String>
  </DescriptorName>
  <AllowableQualifiersList><AllowableQualifier><QualifierReferredTo>
   <QualifierUI>Q000627</QualifierUI><QualifierName><String>therapeutic use</String></QualifierName>
  </QualifierReferredTo></AllowableQualifier></AllowableQualifiersList>
  <SeeRelatedList><SeeRelatedDescriptor><DescriptorReferredTo>
   <DescriptorUI>D900099</DescriptorUI><DescriptorName><String>Something Else</String></DescriptorName>
  </DescriptorReferredTo></SeeRelatedDescriptor></SeeRelatedList>
  {"<TreeNumberList>" if trees else ""}{"".join(f"<TreeNumber>{one}</TreeNumber>" for one in trees)}
  {"</TreeNumberList>" if trees else ""}
  <ConceptList>
   <Concept PreferredConceptYN="Y"><ConceptUI>M0000001</ConceptUI>
    <ConceptName><String>{escape(name)}</String></ConceptName>
    <TermList><Term RecordPreferredTermYN="Y"><TermUI>T000001</TermUI><String>{escape(name)}</String></Term></TermList>
   </Concept>
   <Concept PreferredConceptYN="N"><ConceptUI>M0000002</ConceptUI>
    <TermList>{"".join(map(_term, terms))}</TermList>
   </Concept>
  </ConceptList>
 </DescriptorRecord>
"""
        for ui, name, trees, terms in rows
    )
    address = f"https://www.nlm.nih.gov/databases/dtd/nlmdescriptorrecordset_{dtd_year}0101.dtd"
    return _write(path, "DescriptorRecordSet", address, records)


def _term(term: str) -> str:
    return f"<Term><TermUI>T000002</TermUI><String>{escape(term)}</String></Term>"


def qualifiers(path: Path, rows: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Path:
    """As qual2031.xml, from name, abbreviation and tree numbers."""
    records = "".join(
        f"""<QualifierRecord>
  <QualifierUI>Q900001</QualifierUI>
  <QualifierName><String>{escape(name)}</String></QualifierName>
  <TreeNumberList>{"".join(f"<TreeNumber>{one}</TreeNumber>" for one in trees)}</TreeNumberList>
  <ConceptList><Concept PreferredConceptYN="Y"><TermList><Term RecordPreferredTermYN="Y">
   <TermUI>T900001</TermUI><String>{escape(name)}</String><Abbreviation>{code}</Abbreviation>
  </Term></TermList></Concept></ConceptList>
 </QualifierRecord>
"""
        for name, code, trees in rows
    )
    address = "https://www.nlm.nih.gov/databases/dtd/nlmqualifierrecordset_20310101.dtd"
    return _write(path, "QualifierRecordSet", address, records)


def _write(path: Path, root: str, address: str, records: str) -> Path:
    path.write_text(
        f'<?xml version="1.0"?>\n<!DOCTYPE {root} SYSTEM "{address}">\n'
        f'<{root} LanguageCode = "eng">\n {records}</{root}>\n',
        encoding="utf-8",
    )
    return path
