"""Lines that are written directly are those of the models, and a line's key is read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.directory.histories import HOST
from verifier.directory.record import (
    IdentifierRecord,
    MarkLine,
    ObjectRecord,
    line_key,
    line_of,
    mark_in,
    parse_line,
    read_marks,
    subject_key,
    write_identifier,
    write_mark,
    write_object,
)
from verifier.encoding import b64u, canonical
from verifier.errors import MarkError
from verifier.markid import new_mark_id

LETTERS = "abcxyzABCXYZ0189"
codes = st.text("abcxyz_09", min_size=1, max_size=39).map("s{}".format)
labels = st.text(LETTERS + "._-", max_size=63).map("0{}".format)
instants = st.integers(1, 2**32)
uris = st.text(LETTERS + "._-/", min_size=1, max_size=120).map(f"https://{HOST}/m/{{}}".format)
objects = st.builds(
    ObjectRecord,
    object=uris,
    head=st.integers(0, 2**53 - 1),
    leaf=st.binary(min_size=32, max_size=32).map(b64u),
    state=codes,
    until=st.none() | instants,
)
marks = st.builds(
    MarkLine,
    mark=st.binary(min_size=16, max_size=16).map(lambda drawn: new_mark_id(lambda _: drawn)),
    link=st.sampled_from(("held", "covered")),
    scheme=labels,
    tier=st.integers(1, 9),
    scope_kind=st.sampled_from(("group", "company", "unit")),
    state=codes,
    nbf=instants,
    until=instants,
)
identifiers = st.builds(IdentifierRecord, identifier=labels, marks=st.lists(marks, min_size=1, max_size=5).map(tuple))
leaves = st.binary(min_size=32, max_size=32)


@given(objects, leaves)
def test_an_object_is_written_as_its_model_is(record: ObjectRecord, leaf: bytes) -> None:
    record = record.model_copy(update={"leaf": b64u(leaf)})
    written = write_object(record.object, head=record.head, leaf=leaf, state=record.state, until=record.until)
    assert written == line_of(record).data
    assert parse_line(written) == record
    assert line_key(written) == subject_key(record.object)


@given(identifiers)
def test_an_identifier_is_written_as_its_model_is(record: IdentifierRecord) -> None:
    lines = [write_mark(**one.members()) for one in record.marks]
    written = write_identifier(record.identifier, lines)
    assert written == line_of(record).data
    assert parse_line(written) == record
    assert line_key(written) == subject_key(record.identifier)
    assert read_marks(written) == lines
    assert [mark_in(one).decode() for one in lines] == [one.mark for one in record.marks]


@given(st.one_of(objects, identifiers), st.data())
def test_a_line_that_was_changed_has_the_key_of_what_it_says_or_is_refused(
    record: ObjectRecord | IdentifierRecord, data: st.DataObject
) -> None:
    line = bytearray(line_of(record).data)
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        said = parse_line(bytes(line)).subject
    except MarkError:
        said = None
    try:
        key = line_key(bytes(line))
    except MarkError:
        assert said is None
    else:
        # A mark id's check symbol is looked at only where somebody asks for the record.
        assert said is None or key == subject_key(said)


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"nothing", b'{"object":"https://a.example/m/1"}', b'{"identifier":"x","marks":[]}', b"\xff"],
)
def test_what_is_no_record_has_no_key(line: bytes) -> None:
    with pytest.raises(MarkError):
        line_key(line)


def test_a_record_in_another_form_is_parsed_for_its_key() -> None:
    record = ObjectRecord(object=f"https://{HOST}/e/1", head=1, leaf="A" * 43, state="active")
    assert line_key(canonical(record.members()).replace(b'":', b'": ')) == subject_key(record.object)
