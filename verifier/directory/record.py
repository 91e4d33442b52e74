"""Records of the directory: one line of canonical JSON for each object and for each identifier.

An object's record names its newest entry (index and leaf hash), its state by statements, and until when that holds by
the clock. An identifier's record lists all its marks, held or covering.

A directory of a million marks is two million lines. So lines are written without going through the models, from values
that admission has judged already; that both ways give the same bytes is a test.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError
from verifier.schema import Closed, Code, Digest, Index, Instant, Label, Level, Many, Uri, read_model
from verifier.statement.public import MarkId, ScopeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_NUMBER = rb"(?:0|[1-9][0-9]{0,15})"
_CODE = rb"[a-z][a-z0-9_]{1,39}"
_LABEL = rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_IDENTIFIER = b'{"identifier":'
_MARK_ID = b'"mark":"'
_MARK_LENGTH = 26
_MARK = (
    rb'\{"link":"(?:covered|held)","mark":"[0-9a-z]{26}","nbf":%b,"scheme":"%b","scope_kind":"(?:company|group|unit)",'
    rb'"state":"%b","tier":[1-9],"until":%b\}' % (_NUMBER, _LABEL, _CODE, _NUMBER)
)
_MARKS = re.compile(_MARK)
_OBJECT_BEGINS = re.compile(
    rb'\{"head":%b,"leaf":"[A-Za-z0-9_-]{43}","object":"([!#-\[\]-~]{1,208})","state":"' % _NUMBER
)
_PART = {"number": _NUMBER.decode(), "label": _LABEL.decode(), "code": _CODE.decode()}
_MARK_PARTS = re.compile(
    rf'\{{"link":"(covered|held)","mark":"([0-9a-z]{{26}})","nbf":({_PART["number"]}),"scheme":"({_PART["label"]})",'
    rf'"scope_kind":"(company|group|unit)","state":"({_PART["code"]})","tier":([1-9]),"until":({_PART["number"]})\}}'
)
_IDENTIFIER_BEGINS = re.compile(rb'\{"identifier":"(%b)","marks":\[\{' % _LABEL)


_LINES = re.compile(rb"(?m)^(?:%b|%b).*\n" % (_OBJECT_BEGINS.pattern, _IDENTIFIER_BEGINS.pattern))


class ObjectRecord(Closed):
    """The present state of one object."""

    object: Uri
    head: Index
    leaf: Digest
    state: Code
    until: Instant | None = None

    @property
    def subject(self) -> str:
        """What the record is found under."""
        return self.object


class MarkLine(Closed):
    """One mark in an identifier's record; ``link`` says whether the organisation holds it or is covered by it."""

    mark: MarkId
    link: Literal["held", "covered"]
    scheme: Label
    tier: Level
    scope_kind: ScopeKind
    state: Code
    nbf: Instant
    until: Instant


class IdentifierRecord(Closed):
    """All marks of one identifier."""

    identifier: Label
    marks: Annotated[Many[MarkLine], Field(min_length=1)]

    @property
    def subject(self) -> str:
        """What the record is found under."""
        return self.identifier


Record = ObjectRecord | IdentifierRecord


class Line(NamedTuple):
    """A record as it stands in a bucket: its key and its bytes."""

    key: bytes
    data: bytes


def subject_key(subject: str) -> bytes:
    """Return the 32-byte key of an object's URI or an identifier's text."""
    return sha256(subject.encode()).digest()


def line_of(record: Record) -> Line:
    """Return the record's line."""
    return Line(subject_key(record.subject), canonical(record.members()))


def parse_line(data: bytes) -> Record:
    """Return the record of a line. Raises MalformedError, StatementError or NewerVersionError."""
    value: dict[str, Any] = read_object(data)
    model: type[ObjectRecord] | type[IdentifierRecord] = ObjectRecord if "object" in value else IdentifierRecord
    return read_model(model, value, what="directory record")


def line_key(data: bytes) -> bytes:
    """Return the key that a line belongs under, from its beginning.

    A record is read in full when somebody asks for it; a line that does not begin as this module writes it is read in
    full here. Raises as ``parse_line`` does.
    """
    begins = _IDENTIFIER_BEGINS if data.startswith(_IDENTIFIER) else _OBJECT_BEGINS
    matched = begins.match(data)
    return sha256(matched[1]).digest() if matched else subject_key(parse_line(data).subject)


def run_keys(run: bytes) -> list[bytes]:
    """Return the keys of lines that stand in one run, each with its line feed: what ``line_key`` returns for each.

    A list of suppliers touches a hundred thousand lines, so they are read in one pass. Raises as ``line_key`` does.
    """
    begun = _LINES.findall(run)
    if len(begun) != run.count(b"\n"):
        return [line_key(line) for line in run.split(b"\n")[:-1]]
    return [sha256(uri or identifier).digest() for uri, identifier in begun]


def write_object(object: str, head: int, leaf: bytes, state: str, until: int | None) -> bytes:
    """Return the line of an ``ObjectRecord`` over values that were judged before. ``leaf`` is 32 bytes."""
    leaf_text = b2a_base64(leaf, newline=False).translate(_URL_SAFE, b"=").decode("ascii")
    end = "" if until is None else f',"until":{until}'
    return f'{{"head":{head},"leaf":"{leaf_text}","object":"{object}","state":"{state}"{end}}}'.encode()


def write_mark(
    mark: str, *, link: str, scheme: str, tier: int, scope_kind: str, state: str, nbf: int, until: int
) -> bytes:
    """Return a ``MarkLine`` as it stands in an identifier's line, over values that were judged before."""
    return (
        f'{{"link":"{link}","mark":"{mark}","nbf":{nbf},"scheme":"{scheme}","scope_kind":"{scope_kind}",'
        f'"state":"{state}","tier":{tier},"until":{until}}}'
    ).encode()


def write_identifier(identifier: str, marks: Iterable[bytes]) -> bytes:
    """Return the line of an ``IdentifierRecord`` from what ``write_mark`` wrote, in order of the marks' ids."""
    return b'{"identifier":"%b","marks":[%b]}' % (identifier.encode(), b",".join(marks))


def read_marks(line: bytes) -> list[bytes]:
    """Return the marks in the line of an identifier, as ``write_mark`` wrote them."""
    return _MARKS.findall(line)


class ListedMark(NamedTuple):
    """One mark in an identifier's record, read without going through the models: see ``MarkLine``."""

    link: str
    mark: str
    nbf: int
    scheme: str
    scope_kind: str
    state: str
    tier: int
    until: int


def listed_marks(line: bytes) -> tuple[ListedMark, ...]:
    """Return the marks in the line of an identifier that is proven. Raises as ``parse_line`` does.

    Many are read at once, so a line as this module writes it is read by its form; any other is read in full.
    """
    text = line.decode(errors="replace")
    found = _MARK_PARTS.findall(text)
    # No member of a mark is an object, and no text in it holds a brace: so every brace is that of a mark or the line's.
    is_written = _IDENTIFIER_BEGINS.match(line) and text.endswith("}]}") and text.count("{") == len(found) + 1
    if is_written and text.count("},{") == len(found) - 1:
        return tuple(
            [
                ListedMark(link, mark, int(nbf), scheme, kind, state, int(tier), int(until))
                for link, mark, nbf, scheme, kind, state, tier, until in found
            ]
        )
    record = parse_line(line)
    if not isinstance(record, IdentifierRecord):
        raise MalformedError("the directory's record is not that of an identifier")
    return tuple(
        ListedMark(m.link, m.mark, m.nbf, m.scheme, m.scope_kind, m.state, m.tier, m.until) for m in record.marks
    )


def in_order_of_ids(written: bytes) -> bytes:
    """Return marks that ``write_mark`` wrote, with commas between them, in order of their ids; of one id as given."""
    between = b"},{"
    if between not in written:
        return written
    # No member of a mark is an object, and no text in it holds a brace.
    marks = written[1:-1].split(between)
    marks.sort(key=mark_in)
    return b"{%b}" % between.join(marks)


def mark_in(written: bytes) -> bytes:
    """Return the id of a mark that ``write_mark`` wrote."""
    start = written.index(_MARK_ID) + len(_MARK_ID)
    return written[start : start + _MARK_LENGTH]
