"""The search index follows the directory: a shard that changed is read again, a name whose mark has a newer entry too.

It is derived from published files alone and proves nothing: whoever finds a mark by it asks for its verdict. A holder
who is shown by number only (``name_sd``) has no name in it. That of an unlisted one is in it to be shown, not in the
forms that are searched. Both are found by their number only.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import structlog

from registry.verification import queries_search as queries
from registry.verification.romaji import letters_of
from verifier.check.supplier import fold_name
from verifier.directory.files import open_shard, parse_index, shard_path
from verifier.directory.proven import POINTER, index_path, read_pointer
from verifier.directory.record import IdentifierRecord, parse_line
from verifier.edge.folder import FolderFetcher
from verifier.errors import MarkError, NotFoundError
from verifier.gather import corrected_path
from verifier.log.checkpoint import SignedCheckpoint
from verifier.log.tile import TileReader
from verifier.mark import parse_mark
from verifier.names import agreement_uri, mark_uri, parse_name, recognition_uri
from verifier.statement import parse_statement
from verifier.statement.public import MarkCorrected
from verifier.statement.recognition import AgreementInForce, RecognitionRecorded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from verifier.directory.files import IndexFile
    from verifier.mark import Mark
    from verifier.statement import Statement

LOOK_EVERY = 0.5
AFTER_TROUBLE = 5.0
DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_log = structlog.get_logger()


class Recognising(NamedTuple):
    """Which objects may recognise an identifier as of an epoch's entry; None while nobody can say."""

    uris: tuple[str, ...]
    entry: int | None


class SearchIndex:
    """The index over one public folder, kept in one file."""

    def __init__(self, public: Path, file: Path, *, host: str) -> None:
        self.file = file
        self._fetcher = FolderFetcher(public)
        self._host = host
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="search index", daemon=True)

    def start(self) -> None:
        """Begin to follow the directory."""
        self._thread.start()

    def stop(self) -> None:
        """Stop following it."""
        self._stopping.set()
        self._thread.join()

    def refresh(self) -> bool:
        """Bring the index to the newest epoch; say whether there was one to bring it to.

        Raises NotFoundError while no directory is published, and as reading published files does.
        """
        pointer = read_pointer(self._fetcher.fetch(POINTER))
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(queries.connect(self.file)) as line:
            known = queries.epoch_of(line)
            if known is not None and known[0] == pointer.entry:
                return False
            index = parse_index(self._fetcher.fetch(index_path(pointer.size)))
            signed = SignedCheckpoint.parse(self._fetcher.fetch("log/checkpoint"))
            reader = TileReader(self._fetcher.fetch, signed.checkpoint.size)
            published = parse_statement(reader.entry(pointer.entry))
            line.execute("BEGIN IMMEDIATE")
            try:
                self._read_shards(line, index)
                self._read_names(line, reader)
                self._read_recognitions(line, reader)
                queries.set_epoch(line, pointer.entry, pointer.size, published.iat)
            except BaseException:
                line.execute("ROLLBACK")
                raise
            line.execute("COMMIT")
        return True

    def recognitions_of(self, identifier: str) -> Recognising:
        """Return the recognitions about an identifier and their agreements, for looking them up."""
        with queries.reading(self.file) as index:
            if index is None:
                return Recognising((), None)
            found = queries.recognitions_of(index.line, identifier)
            return Recognising(tuple(dict.fromkeys(uri for pair in found for uri in pair)), index.entry)

    def recognition_statements(self, index: queries.Index) -> list[Statement]:
        """Return the newest statement about every recognition and agreement, as of the epoch of an index that is read.

        Raises as reading the log does.
        """
        prefixes = (recognition_uri(self._host, ""), agreement_uri(self._host, ""))
        heads = [head for one in prefixes for head in queries.heads_below(index.line, one)]
        size = SignedCheckpoint.parse(self._fetcher.fetch("log/checkpoint")).checkpoint.size
        reader = TileReader(self._fetcher.fetch, size)
        newest = (parse_statement(reader.entry(head)) for head in heads)
        return [one for one in newest if isinstance(one.public, RecognitionRecorded | AgreementInForce)]

    def names(self) -> list[tuple[str, str]]:
        """Return the identifiers of holders with their names, for candidates."""
        with queries.reading(self.file) as index:
            return list(queries.names_beside_numbers(index.line)) if index else []

    def _follow(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._look())

    def _look(self) -> float:
        """Bring the index to the newest epoch where there is one; return how many seconds are waited now."""
        try:
            self.refresh()
        except NotFoundError:
            pass
        except MarkError as error:
            _log.warning("the search index stays as it is", code=error.code, detail=error.message)
        except sqlite3.DatabaseError as error:
            _log.error("the search index cannot be used", error=str(error), code=error.sqlite_errorname)
            if error.sqlite_errorname.startswith(DAMAGED):
                self._discard()
            return AFTER_TROUBLE
        except Exception:
            # A full disk or a mistake of ours must not end the thread: the index would grow old without a word.
            _log.exception("the search index stays as it is")
            return AFTER_TROUBLE
        return LOOK_EVERY

    def _discard(self) -> None:
        """Delete the index: all that is in it is read anew from published files."""
        for end in ("", "-wal", "-shm"):
            self.file.with_name(f"{self.file.name}{end}").unlink(missing_ok=True)

    def _read_shards(self, line: sqlite3.Connection, index: IndexFile) -> None:
        held = queries.shards_of(line)
        if len(held) != len(index.shards):
            queries.clear_shards(line)
            held = {}
        for number, sha256 in enumerate(index.shards):
            if held.get(number) == sha256:
                continue
            _, runs = open_shard(index, number, self._fetcher.fetch(shard_path(index, number)))
            records = [parse_line(data) for run in runs for data in run.splitlines()]
            listings = [
                (one.identifier, m.mark, m.link, m.scheme, m.tier, m.scope_kind, m.state, m.nbf, m.until)
                for one in records
                if isinstance(one, IdentifierRecord)
                for m in one.marks
            ]
            objects = [(one.object, one.head) for one in records if not isinstance(one, IdentifierRecord)]
            queries.put_shard(line, number, sha256, listings, objects)

    def _read_names(self, line: sqlite3.Connection, reader: TileReader) -> None:
        known, names, moved = queries.known_marks(line), list[queries.Named](), list[tuple[int, str]]()
        for mark_id, head in queries.stale_marks(line, mark_uri(self._host, "")):
            correction = _correction(reader, head)
            if mark_id in known and correction is None:
                moved.append((head, mark_id))
                continue
            try:
                names.append(_named(self._mark(mark_id, correction), head))
            except NotFoundError:
                # The mark's file follows its entry; the next epoch finds it.
                continue
        queries.put_names(line, names)
        queries.move_names(line, moved)

    def _mark(self, mark_id: str, correction: MarkCorrected | None) -> Mark:
        if correction is None:
            return parse_mark(self._fetcher.fetch(f"m/{mark_id}.jwt"))
        return parse_mark(self._fetcher.fetch(corrected_path(mark_id, "mark", correction.mark_sha256)))

    def _read_recognitions(self, line: sqlite3.Connection, reader: TileReader) -> None:
        for uri, head in queries.stale_recognitions(line, recognition_uri(self._host, "")):
            recorded = next(
                (one.public for one in _chain(reader, head) if isinstance(one.public, RecognitionRecorded)), None
            )
            if recorded is not None:
                subject = parse_name(recorded.sub).value
                queries.put_recognition(line, uri, head, subject, recorded.agreement)


def _chain(reader: TileReader, head: int) -> Iterator[Statement]:
    at: int | None = head
    while at is not None:
        statement = parse_statement(reader.entry(at))
        yield statement
        at = statement.prev


def _correction(reader: TileReader, head: int) -> MarkCorrected | None:
    """Return the newest correction in the history of a mark, None where there is none."""
    return next((one.public for one in _chain(reader, head) if isinstance(one.public, MarkCorrected)), None)


def _named(mark: Mark, head: int) -> queries.Named:
    org, is_listed = mark.content.org, mark.content.org.is_listed
    holder, latin = (org.name, org.name_latin or "") if org.name_sd is None else ("", "")
    folded = fold_name(holder) if is_listed else ""
    letters = " ".join(filter(None, (letters_of(fold_name(latin)), letters_of(folded)))) if is_listed else ""
    return queries.Named(mark.id, head, mark.iss, mark.content.number, holder, latin, folded, letters, is_listed)
