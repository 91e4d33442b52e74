"""The shelf: the marks that are held, each by its bundle, judged by verifier/ as everybody else judges them.

A bundle comes out of a file, or over the network when somebody here asks for it; the page says that the registry then
learns which mark was asked for. The trust root is pinned once, by its file.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from issuer.supplier import queries_requests as queries
from issuer.supplier.queries_requests import KeptMark
from verifier.bundle import MAX_BYTES, parse_bundle
from verifier.edge.client import HttpFetcher, open_client
from verifier.edge.question import question_of_text
from verifier.edge.whole_file import write_whole
from verifier.errors import MalformedError, NotFoundError, RefusedError, WrongUseError
from verifier.gather import gather
from verifier.mark import parse_mark
from verifier.trust.root import pin
from verifier.verify import verify_text

if TYPE_CHECKING:
    from issuer.supplier.place import SupplierPlace
    from verifier.bundle import Bundle
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict

ROOT = "trust-root.json"


def pin_root(place: SupplierPlace, data: bytes) -> TrustRoot:
    """Pin the trust root that marks are judged by. Raises TrustRootError, MalformedError, UnavailableError."""
    root = pin(data)
    write_whole(place.folder / ROOT, data)
    return root


def pinned_root(place: SupplierPlace) -> TrustRoot | None:
    """Return the trust root that was pinned here, None where none was."""
    file = place.folder / ROOT
    return pin(file.read_bytes()) if file.is_file() else None


def add_bundle(place: SupplierPlace, data: bytes, *, by: str) -> str:
    """Put a mark on the shelf, out of its bundle or of a packed package, and return its id. Raises MalformedError."""
    content = _unpacked(data)
    return _keep(place, parse_bundle(content), content, via="", by=by)


def fetch_mark(place: SupplierPlace, asked: str, *, via: str, by: str) -> str:
    """Put a mark on the shelf that is fetched from the registry, by its id or its address, and return its id.

    ``via`` is the address of another place that serves the registry's files. Raises NotFoundError, UnavailableError,
    WrongUseError.
    """
    root = pinned_root(place)
    if root is None:
        raise RefusedError("no trust root is pinned here", hint="Give its file first.")
    question = question_of_text(asked.strip())
    if question.mark_id is None:
        raise WrongUseError("give the mark's id or its address")
    base = via.strip() or f"https://{root.host}"
    with open_client() as http:
        bundle = gather(HttpFetcher(base, http), question.mark_id)
    return _keep(place, bundle, bundle.serialize(), via=base, by=by)


def find_mark(place: SupplierPlace, mark_id: str) -> KeptMark:
    """Return a mark of the shelf. Raises NotFoundError."""
    with place.database.transaction() as db:
        found = queries.find_mark(db, mark_id)
    if found is None:
        raise NotFoundError("this mark is not on the shelf")
    return found


def list_marks(place: SupplierPlace) -> tuple[KeptMark, ...]:
    """Return the marks of the shelf."""
    with place.database.transaction() as db:
        return queries.kept_marks(db)


def forget_mark(place: SupplierPlace, mark_id: str) -> None:
    """Take a mark off the shelf. Raises NotFoundError."""
    find_mark(place, mark_id)
    with place.database.transaction() as db:
        queries.forget_mark(db, mark_id)


def judge_mark(kept: KeptMark, root: TrustRoot, *, now: int) -> Verdict:
    """Return the verdict on a mark of the shelf, by the evidence that is kept of it."""
    bundle = parse_bundle(kept.bundle)
    return verify_text(bundle.mark or "", bundle=bundle, root=root, now=now)


def _keep(place: SupplierPlace, bundle: Bundle, content: bytes, *, via: str, by: str) -> str:
    if bundle.mark is None:
        raise MalformedError("the bundle holds no mark", hint="Give the bundle.json of the package.")
    mark = parse_mark(bundle.mark)
    with place.database.transaction() as db:
        queries.keep_mark(db, KeptMark(mark.id, content, via, place.now()), by=by)
    return mark.id


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [one for one in archive.infolist() if one.filename.rpartition("/")[2] == "bundle.json"]
            if len(names) != 1 or names[0].file_size > MAX_BYTES:
                raise MalformedError("the archive holds no bundle.json, or several", hint="Pack one package.")
            return archive.read(names[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        # What the reader raises of archives that are broken, encrypted or packed in a way that it does not know.
        raise MalformedError("the archive cannot be read", hint="Give the bundle.json of the package.") from error
