"""Vectors of what travels with agreements: the recognition list, and the document of files that a statement pins."""

from __future__ import annotations

from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.authority_vectors import signed
from tests.vectors.cases import Case, accepted, rejected, vector_file
from tests.vectors.root_vectors import ceremony, next_key
from tests.vectors.token_vectors import DIGEST, IAT, NONCE, altered
from verifier.encoding import canonical, digest
from verifier.names import agreement_uri, authority_uri, body_uri, log_origin
from verifier.scheme.tables import files_digest
from verifier.statement.document import MOST_FILES, write_document
from verifier.trust.recognition_list import LIFETIME
from verifier.trust.recognition_list import TYP as LIST

AGREEMENT = agreement_uri(HOST, "jp-partner")
MAPPING = f"https://{HOST}/p/partner-to-scs3"
OTHER = digest(b"other terms")

# --- recognition list ------------------------------------------------------------------------------------------------


def recognition_list_vectors() -> dict[str, Any]:
    """Return the content of recognition-list.json."""
    directory, later, payload = ceremony().keys.directory, next_key("directory"), _payload()
    good = signed(LIST, payload, directory)
    read = {
        "size": 40, "exp": IAT + LIFETIME,
        "agreements": {AGREEMENT: ["in_force", "suspended", "in_force", "terminated"]},
        "mappings": {MAPPING: "complete"},
    }  # fmt: skip
    empty = {"size": 1, "exp": IAT + LIFETIME, "agreements": {}, "mappings": {}}
    none = signed(LIST, {**payload, "size": 1, "agreements": [], "mappings": []}, directory)

    def given(token: str, root: str = "1") -> dict[str, Any]:
        return {"token": token, "root": root}

    def fault(name: str, path: str, value: Any, why: str) -> Case:
        token = signed(LIST, altered(payload, path, value), directory)
        return rejected(name, given(token), why, error="newer" if why == "never skipped" else "refused")

    return vector_file(
        "recognition list (recognition-list+jwt)",
        "docs/specification/recognition-list.md",
        [
            accepted("a recognition list", given(good), "a directory key signs", read),
            accepted("an empty list", given(none), "a registry without agreements says so", empty),
            accepted("by the next directory key", given(signed(LIST, payload, later), "2"), "it is listed", read),
            rejected("by a key that is not listed", given(signed(LIST, payload, later)), "a listed key signs"),
            rejected("by a status key", given(signed(LIST, payload, ceremony().keys.status)), "a directory key signs"),
            rejected("by a key that was cut off", given(good, "2"), "a key that was cut off signs no list"),
            rejected("another typ", given(signed("trust-list+jwt", payload, directory)), "typ is recognition-list+jwt"),
            *(fault(*one) for one in _faults()),
            *(
                fault(f"no {name}", name, ..., "the member is required")
                for name in ("iss", "iat", "exp", "nonce", "log", "size", "agreements", "mappings")
            ),
        ],
    )


def _payload() -> dict[str, Any]:
    def event(index: int, status: str, **more: Any) -> dict[str, Any]:
        return {"index": index, "recorded": IAT + index, "status": status, "effective": IAT + 100 * index, **more}

    terms = {"scheme": "uk.partner", "kind": "bilateral"}
    agreement = {
        "uri": AGREEMENT, "state": "terminated",
        "versions": [
            {"version": 1, "sha256": DIGEST, **terms, "announced": 21, "signed_by": body_uri(HOST, 9)},
            {"version": 2, "sha256": OTHER, **terms, "signed_by": body_uri(HOST, 9)},
        ],
        "events": [
            event(22, "in_force", version=1),
            event(30, "suspended", reason="administrative", existing="keep_until", until=IAT + 9000, issuer="issuer-1"),
            event(31, "in_force", version=1, issuer="issuer-1"),
            event(35, "terminated", reason="integrity", existing="stop_now"),
        ],
    }  # fmt: skip
    mapping = {"uri": MAPPING, "version": "1", "sha256": DIGEST, "status": "complete", "recorded": IAT}
    return {
        "iss": authority_uri(HOST), "iat": IAT, "exp": IAT + LIFETIME, "nonce": NONCE, "log": log_origin(HOST),
        "size": 40, "agreements": [agreement], "mappings": [mapping],
    }  # fmt: skip


def _faults() -> list[tuple[str, str, Any, str]]:
    agreement, (mapping,) = _payload()["agreements"][0], _payload()["mappings"]
    event = agreement["events"][0]

    def agreements(path: str, value: Any) -> list[dict[str, Any]]:
        return [altered(agreement, path, value)]

    def events(**changes: Any) -> list[dict[str, Any]]:
        return agreements("events", [{**event, **changes}])

    return [
        ("another issuer", "iss", authority_uri("other.example"), "iss is the root's authority"),
        ("another log", "log", "other.example/log", "the log is the root's"),
        ("eight days", "exp", IAT + LIFETIME + 1, "at most seven days"),
        ("a short nonce", "nonce", "short", "a nonce has 128 bits"),
        ("made from nothing", "size", 0, "a list is made from entries"),
        ("an unknown member", "later", 1, "never skipped"),
        ("an unknown member of an agreement", "agreements", agreements("later", 1), "never skipped"),
        ("an unknown member of an event", "agreements", events(later=1), "never skipped"),
        ("an event of no known status", "agreements", events(status="paused"), "the statuses are listed"),
        ("an event for no known reason", "agreements", events(reason="mood"), "the reasons are listed"),
        ("version 0", "agreements", events(version=0), "versions begin with 1"),
        ("an agreement without its events", "agreements", agreements("events", ...), "the member is required"),
        ("an agreement by a bare name", "agreements", agreements("uri", "jp-partner"), "agreements are named by URI"),
        ("a short digest of terms", "mappings", [{**mapping, "sha256": "short"}], "terms are pinned by digest"),
        ("a mapping of no known status", "mappings", [{**mapping, "status": "final"}], "the statuses are listed"),
    ]


# --- document --------------------------------------------------------------------------------------------------------


def document_vectors() -> dict[str, Any]:
    """Return the content of document.json."""
    files = {"agreement.toml": b'id = "jp-partner"\n', "mappings/m.csv": "source,target\nA1,要求\n".encode()}
    text, sha256 = write_document(files), files_digest(files)
    read = {"files": {name: data.decode() for name, data in files.items()}}

    def given(changed: str, pinned: str = sha256) -> dict[str, Any]:
        return {"text": changed, "sha256": pinned}

    def holding(named: dict[str, Any], **more: Any) -> str:
        return canonical({"files": named, **more}).decode()

    def case(name: str, named: dict[str, Any], why: str) -> Case:
        return rejected(name, given(holding(named)), why)

    shown: dict[str, Any] = read["files"]
    renamed = {"agreement.txt" if name == "agreement.toml" else name: data for name, data in files.items()}
    return vector_file(
        "document (documents/<digest>.json): the files that a statement pins by one digest",
        "docs/specification/agreement.md; verifier/statement/document.py",
        [
            accepted("a document", given(text), "it holds the pinned files", read),
            accepted(
                "one file",
                given(write_document({"a": b"x\n"}), files_digest({"a": b"x\n"})),
                "at least one file",
                {"files": {"a": "x\n"}},
            ),
            rejected("another digest", given(text, DIGEST), "the digest pins the files"),
            rejected("a file under another name", given(write_document(renamed)), "names are part of the digest"),
            case("another content", {**shown, "agreement.toml": 'id = "jp-other"\n'}, "the digest pins the files"),
            case("a file less", {"agreement.toml": shown["agreement.toml"]}, "the digest pins the files"),
            case("no file", {}, "at least one file"),
            case("too many files", {f"f{number}": "x\n" for number in range(MOST_FILES + 1)}, "at most 32 files"),
            case("a file above its folder", {"../a": "x\n"}, "names do not lead out"),
            case("a name in capitals", {"A": "x\n"}, "names are lower case"),
            case("a folder in a folder", {"a/b/c": "x\n"}, "one folder at most"),
            case("content that is no text", {"a": 7}, "files are text"),
            rejected("a space more", given(text.replace(":", ": ", 1)), "there is one form"),
            rejected("a line feed at the end", given(text + "\n"), "there is one form"),
            rejected("a further member", given(holding(shown, later=1)), "a document has the one member files"),
            rejected("a list of files", given('{"files":["a"]}'), "files are an object"),
            rejected("no JSON", given("{"), "a document is JSON"),
        ],
    )
