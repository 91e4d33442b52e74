"""Vectors of checkpoints with their cosignatures, of tiles and entry bundles, and of witness policies."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from tests.vectors.cases import Case, accepted, committed, rejected, replaced, vector_file
from tests.vectors.generate_log import LOG, ORIGIN, POLICY, STRANGER, TIME, WITNESSES, private_key
from verifier.encoding import b64, b64u, sha256
from verifier.errors import MarkError
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner, mldsa44_message, verify_cosignature
from verifier.log.merkle import EMPTY_ROOT
from verifier.log.note import Note, NoteSignature, NoteSigner, VerifierKey, parse_signature_lines
from verifier.log.tile import encode_entries, entries_path, tile_path, tiles_between
from verifier.log.vkey import MLDSA44_COSIGNATURE

CHECKPOINT = "checkpoint.json"
HEAD = Checkpoint(ORIGIN, 20_852_163, sha256(b"root"))
SIGNED = sign_checkpoint(HEAD, LOG)
FIRST, SECOND = WITNESSES[:2]
COSIGNED = SIGNED.adding(FIRST.cosign(SIGNED, TIME))
QUANTUM_SAFE = MLDSA44PrivateKey.from_seed_bytes(sha256(b"vector ml-dsa-44 witness"))
QUANTUM_KEY = VerifierKey("pq.example/w1", MLDSA44_COSIGNATURE, QUANTUM_SAFE.public_key().public_bytes_raw())

# --- checkpoint and cosignature --------------------------------------------------------------------------------------


def checkpoint_vectors() -> dict[str, Any]:
    """Return the content of checkpoint.json."""
    return vector_file(
        "checkpoint with its log's signature and witnesses' cosignatures; times by the names of witnesses",
        "c2sp.org/tlog-checkpoint@v1.0.0, c2sp.org/tlog-cosignature@v1.0.1; docs/specification/log.md",
        [*_accepted_checkpoints(), *_rejected_texts(), *_rejected_signers(), *_rejected_cosignatures()],
    )


def _given(signed: SignedCheckpoint | str, *witnesses: VerifierKey, **changes: Any) -> dict[str, Any]:
    note = signed if isinstance(signed, str) else signed.serialize().decode()
    return {
        "note": note,
        "log": str(LOG.key),
        "origin": ORIGIN,
        "witnesses": [str(key) for key in witnesses],
        **changes,
    }


def _read(checkpoint: Checkpoint, **times: int) -> dict[str, Any]:
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": b64u(checkpoint.root),
        "extensions": list(checkpoint.extensions),
        "times": times,
    }


def _accepted_checkpoints() -> list[Case]:
    empty, extended = Checkpoint(ORIGIN, 0, EMPTY_ROOT), replace(HEAD, extensions=("an extension", "another"))
    largest = replace(HEAD, size=2**63 - 1)
    later = COSIGNED.adding(FIRST.cosign(SIGNED, TIME + 9))
    quantum = SIGNED.adding(_quantum_line())
    name = FIRST.key.name
    return [
        accepted("a checkpoint", _given(SIGNED), "three lines and the log's signature", _read(HEAD)),
        accepted("the empty tree", _given(sign_checkpoint(empty, LOG)), "0 is written 0", _read(empty)),
        accepted("the largest size", _given(sign_checkpoint(largest, LOG)), "sizes lie below 2^63", _read(largest)),
        accepted(
            "extension lines",
            _given(_cosigned(extended), FIRST.key),
            "signed and cosigned, and not read",
            _read(extended, **{name: TIME}),
        ),
        accepted("a cosignature", _given(COSIGNED, FIRST.key), "says when", _read(HEAD, **{name: TIME})),
        accepted(
            "cosigned twice", _given(later, FIRST.key), "the earliest time counts, once", _read(HEAD, **{name: TIME})
        ),
        accepted("a cosignature of a stranger", _given(COSIGNED, SECOND.key), "unknown keys are ignored", _read(HEAD)),
        accepted(
            "an ML-DSA-44 cosignature",
            _given(quantum, QUANTUM_KEY),
            "the message names cosigner and origin, and holds the root",
            _read(HEAD, **{QUANTUM_KEY.name: TIME}),
        ),
        accepted(
            "the largest time",
            _given(SIGNED.adding(FIRST.cosign(SIGNED, 2**63 - 1)), FIRST.key),
            "times lie below 2^63",
            _read(HEAD, **{name: 2**63 - 1}),
        ),
    ]


def _cosigned(checkpoint: Checkpoint) -> SignedCheckpoint:
    signed = sign_checkpoint(checkpoint, LOG)
    return signed.adding(FIRST.cosign(signed, TIME))


@cache
def _quantum_line() -> NoteSignature:
    """Return the committed line where it still fits, else a new one."""
    for case in committed(CHECKPOINT).get("cases", []):
        if case["name"] == "an ML-DSA-44 cosignature":
            line = parse_signature_lines(case["input"]["note"].rpartition("\n\n")[2])[-1]
            with suppress(MarkError):
                if verify_cosignature(QUANTUM_KEY, line, SIGNED) == TIME:
                    return line
    signature = QUANTUM_SAFE.sign(mldsa44_message(QUANTUM_KEY.name, HEAD, TIME))
    return NoteSignature(QUANTUM_KEY.name, QUANTUM_KEY.id, TIME.to_bytes(8, "big") + signature)


def _rejected_texts() -> list[Case]:
    text, root = HEAD.serialize(), b64(HEAD.root)

    def case(name: str, old: str, new: str, why: str, **changes: Any) -> Case:
        changed = replaced(text, (old, new))
        return rejected(name, _given(_signed_text(changed), **changes), why)

    size, long = "\n20852163\n", "o" * 256
    return [
        case("two lines", f"{root}\n", "", "origin, size and root are required"),
        case("an empty origin", ORIGIN, "", "the origin is not empty", origin=""),
        case("an empty extension line", root, f"{root}\n\nmore", "no line is empty"),
        case("a size with a leading zero", size, "\n020852163\n", "no leading zeros"),
        case("a negative size", size, "\n-1\n", "ASCII digits"),
        case("a size with a plus", size, "\n+20852163\n", "ASCII digits"),
        case("a size in other digits", size, "\n\u0662\u0660\n", "ASCII digits"),
        case("a size with a space", size, "\n20852163 \n", "ASCII digits"),
        case("a size of 2**63", size, f"\n{2**63}\n", "sizes lie below 2^63"),
        case("a root of 31 bytes", root, b64(HEAD.root[:31]), "a root is 32 bytes"),
        case("a root without padding", root, root.rstrip("="), "base64 is canonical"),
        case("a root with spare bits", root, root[:-2] + _next(root[-2]) + "=", "base64 is canonical"),
        case("a root in the URL alphabet", root, b64u(HEAD.root) + "=", "the standard alphabet"),
        case("an origin of 256 bytes", ORIGIN, long, "origins have at most 255 bytes", origin=long),
        rejected(
            "CRLF line ends", _given(_signed_text(text.replace("\n", "\r\n"))), "no control character but newline"
        ),
    ]


def _signed_text(text: str) -> str:
    return Note(text, (LOG.sign(text),)).serialize().decode()


def _next(character: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return alphabet[alphabet.index(character) + 1]


def _rejected_signers() -> list[Case]:
    thief, other = NoteSigner(ORIGIN, private_key("thief")), NoteSigner("other.example/log", private_key("log"))
    elsewhere = replace(HEAD, origin="other.example/log")
    text = COSIGNED.serialize().decode()
    unsigned = SignedCheckpoint(Note(SIGNED.note.text, (FIRST.cosign(SIGNED, TIME),)), HEAD)
    return [
        rejected("the key of somebody else", _given(sign_checkpoint(HEAD, thief)), "the log's own key signs"),
        rejected("another origin", _given(sign_checkpoint(elsewhere, other)), "the origin is the one asked for"),
        rejected("another origin under the log's key", _given(_foreign(elsewhere)), "the key's name is the origin"),
        rejected("no signature of the log", _given(unsigned, FIRST.key), "the log's signature is required"),
        rejected("another size", _given(replaced(text, ("20852163", "20852164"))), "the size is signed"),
        rejected("another root", _given(replaced(text, (b64(HEAD.root), b64(bytes(32))))), "the root is signed"),
        rejected("an extension added", _given(replaced(text, ("\n\n", "\nmore\n\n"))), "extensions are signed"),
        rejected(
            "a witness's key as the log's",
            _given(SIGNED, log=str(Cosigner(ORIGIN, private_key("log")).key)),
            "a log signs with type 0x01",
        ),
    ]


def _foreign(checkpoint: Checkpoint) -> SignedCheckpoint:
    text = checkpoint.serialize()
    return SignedCheckpoint(Note(text, (LOG.sign(text),)), checkpoint)


def _rejected_cosignatures() -> list[Case]:
    line, quantum = FIRST.cosign(SIGNED, TIME), _quantum_line()
    others = {
        "another origin": replace(HEAD, origin="other.example/log"),
        "another size": replace(HEAD, size=HEAD.size - 1),
        "another root": replace(HEAD, root=bytes(32)),
        "other extensions": replace(HEAD, extensions=("more",)),
    }
    moved = [
        rejected(f"a cosignature of {name}", _bears(FIRST.cosign(_foreign(other), TIME)), "the whole text is cosigned")
        for name, other in others.items()
    ]
    signature = line.signature

    def timed(one: NoteSignature, time: int) -> NoteSignature:
        return replace(one, signature=time.to_bytes(8, "big") + one.signature[8:])

    return [
        *moved,
        rejected("a cosignature with another time", _bears(timed(line, TIME + 1)), "the time is signed"),
        rejected("time 0", _bears(FIRST.cosign(SIGNED, 0)), "an undated cosignature dates nothing"),
        rejected("time 2**63", _bears(FIRST.cosign(SIGNED, 2**63)), "times lie below 2^63"),
        rejected("63 bytes behind the time", _bears(replace(line, signature=signature[:-1])), "64 bytes behind 8"),
        rejected("65 bytes behind the time", _bears(replace(line, signature=signature + b"\0")), "64 bytes behind 8"),
        rejected("no time", _bears(replace(line, signature=signature[8:])), "64 bytes behind 8"),
        rejected("a key of a note as a witness's", _given(COSIGNED, LOG.key), "witnesses have type 0x04 or 0x06"),
        rejected(
            "a good line and a bad one of one witness",
            _given(COSIGNED.adding(timed(line, TIME + 1)), FIRST.key),
            "one failure rejects all",
        ),
        rejected("an ML-DSA-44 cosignature with another time", _bears(timed(quantum, TIME + 1)), "the time is signed"),
    ]


def _bears(line: NoteSignature) -> dict[str, Any]:
    key = QUANTUM_KEY if line.name == QUANTUM_KEY.name else FIRST.key
    return _given(SIGNED.adding(line), key)


# --- tiles and entry bundles -----------------------------------------------------------------------------------------


def tile_vectors() -> dict[str, Any]:
    """Return the content of tile.json."""
    hashes = [sha256(bytes([at])) for at in range(3)]
    entries = [b"first", b"", b"\0" * 300]
    tile, bundle = b"".join(hashes), encode_entries(entries)

    def as_tile(data: bytes, width: int) -> dict[str, Any]:
        return {"kind": "tile", "data": b64u(data), "width": width}

    def as_bundle(data: bytes, width: int) -> dict[str, Any]:
        return {"kind": "entries", "data": b64u(data), "width": width}

    return vector_file(
        "tiles, entry bundles, their paths, and which of them growth makes",
        "c2sp.org/tlog-tiles@v0.1.0; docs/specification/log.md",
        [
            *_paths(),
            *_growths(),
            accepted("a tile", as_tile(tile, 3), "32 bytes a hash", {"hashes": [b64u(one) for one in hashes]}),
            accepted(
                "a bundle", as_bundle(bundle, 3), "a length and an entry", {"entries": [b64u(e) for e in entries]}
            ),
            rejected("a tile that is cut", as_tile(tile[:-1], 3), "exactly the width"),
            rejected("a tile with a hash too many", as_tile(tile, 2), "exactly the width"),
            rejected("an empty tile", as_tile(b"", 0), "empty tiles are not served"),
            rejected("a tile of 257 hashes", as_tile(bytes(257 * 32), 257), "a tile has at most 256 hashes"),
            rejected("a bundle that ends in a length", as_bundle(bundle[:1], 1), "each entry behind two bytes"),
            rejected("a bundle that ends in an entry", as_bundle(bundle[:-1], 3), "each entry is whole"),
            rejected("a bundle with a byte more", as_bundle(bundle + b"\0", 3), "nothing behind the last entry"),
            rejected("a bundle with an entry too many", as_bundle(bundle, 2), "exactly the width"),
            rejected("a bundle with an entry too few", as_bundle(bundle, 4), "exactly the width"),
            rejected("an empty bundle", as_bundle(b"", 0), "empty bundles are not served"),
            rejected("an entry of 65,536 bytes", {"kind": "encode", "lengths": [65_536]}, "lengths are two bytes"),
        ],
    )


def _paths() -> list[Case]:
    places = [(0, 0, 256), (0, 0, 1), (1, 999, 256), (0, 1000, 255), (2, 1_234_067, 256), (63, 0, 7)]
    tiles = [
        accepted(
            tile_path(level, index, width),
            {"kind": "path", "level": level, "index": index, "width": width},
            "groups of three digits, all but the last behind an x",
            {"path": tile_path(level, index, width)},
        )
        for level, index, width in places
    ]
    bundle = {"kind": "path", "level": "entries", "index": 273, "width": 112}
    path = {"path": entries_path(273, 112)}
    return [*tiles, accepted(path["path"], bundle, "bundles stand beside the tiles", path)]


def _growths() -> list[Case]:
    def case(old: int, new: int, why: str) -> Case:
        made = [one.path for one in tiles_between(old, new)]
        return accepted(f"growth from {old} to {new}", {"kind": "growth", "old": old, "new": new}, why, {"tiles": made})

    return [
        case(0, 1, "one partial tile"),
        case(255, 257, "a full tile, a new one, and one hash a level up"),
        case(69_990, 70_000, "the example of the specification: widths 112, 17 and 1"),
        case(256, 256, "no growth, no tiles"),
    ]


# --- witness policy --------------------------------------------------------------------------------------------------


def policy_vectors() -> dict[str, Any]:
    """Return the content of tlog-policy.json."""
    return vector_file(
        "witness policy; met is the first time at which cosignatures of these times meet the quorum",
        "c2sp.org/tlog-policy (editor's copy of 2026-07); docs/specification/log.md",
        [*_accepted_policies(), *_rejected_definitions(), *_rejected_lines()],
    )


W1 = f"witness W1 {WITNESSES[0].key}\n"
GROUP = "group majority 3 W1 W2 W3 W4\n"


def _accepted_policies() -> list[Case]:
    times = {"W1": 30, "W2": 10, "W3": 20, "W4": 40}
    log = f"log {LOG.key}\n"
    commented = "# a comment\n\n\t" + replaced(POLICY, ("witness W1 ", "witness  W1\t"))
    octets = b64u(POLICY.encode().replace(b"majority", b"\xe2\x84\xaa\xff"))
    nested = f"{log}{W1}witness W2 {WITNESSES[1].key}\ngroup one any W1 W2\ngroup both all one\nquorum both\n"
    addressed = f"log {LOG.key} https://registry.example/\n{W1}quorum W1\n"

    def met(name: str, policy: str, at: int | None, why: str, seen: dict[str, int] | None = None) -> Case:
        return accepted(name, {"policy": policy, "times": times if seen is None else seen}, why, {"met": at})

    return [
        met("three of four", POLICY, 30, "the third time counts"),
        met("two of four", POLICY, None, "the quorum is not met", {"W1": 30, "W2": 10}),
        met("a witness of no policy", POLICY, None, "strangers do not count", {"W1": 1, "W2": 1, "W9": 1}),
        met("comments, tabs and spaces", commented, 30, "words are parted by spaces and tabs"),
        met("a quorum of one witness", f"{log}{W1}quorum W1\n", 30, "a witness may be the quorum"),
        met("groups in groups", nested, 10, "any is one of them, all is each of them"),
        met("no quorum", f"{log}quorum none\n", 0, "none is met at 0, which dates nothing"),
        met("an address", addressed, 30, "an address may stand"),
        accepted("names are octets", {"policy_b64u": octets, "times": times}, "names need not be UTF-8", {"met": 30}),
    ]


def _policy(name: str, old: str, new: str, why: str) -> Case:
    return rejected(name, {"policy": replaced(POLICY, (old, new)), "times": {}}, why)


def _rejected_definitions() -> list[Case]:
    copied = Cosigner("copy.example/w1", private_key("witness 1")).key
    return [
        _policy("an undefined quorum", "quorum majority", "quorum minority", "names are defined above"),
        _policy("an undefined member", "W1 W2 W3 W4", "W1 W2 W3 W5", "names are defined above"),
        _policy("a group before its members", f"log {LOG.key}\n", f"{GROUP}log {LOG.key}\n", "defined above"),
        _policy("none as a member", "W1 W2 W3 W4", "W1 W2 W3 none", "none is no member"),
        _policy("a group named none", "group majority", "group none", "none is predefined"),
        _policy("one key under two names", W1, f"{W1}witness W5 {copied}\n", "a key is one witness"),
        _policy("one log twice", W1, f"log {LOG.key}\n{W1}", "a key is one log"),
        _policy("one name twice", W1, f"{W1}witness W1 {STRANGER.key}\n", "a name is defined once"),
        _policy("a member twice", "3 W1 W2 W3 W4", "3 W1 W1 W2 W3", "a member stands once in the file"),
        _policy("a member in two groups", GROUP, f"group a any W1\n{GROUP}", "a member stands once in the file"),
        _policy("a threshold of 0", "majority 3", "majority 0", "from 1 to the number of members"),
        _policy("a threshold above the members", "majority 3", "majority 5", "from 1 to the number of members"),
        _policy("a threshold with a leading zero", "majority 3", "majority 03", "no leading zeros"),
        _policy("an unknown rule", "majority 3", "majority most", "all, any or a number"),
    ]


def _rejected_lines() -> list[Case]:
    return [
        _policy("no quorum line", "quorum majority\n", "", "exactly one quorum line"),
        _policy("two quorum lines", "quorum majority\n", "quorum majority\n" * 2, "exactly one quorum line"),
        _policy("a group without members", GROUP, f"{GROUP}group empty any\n", "a group has members"),
        _policy("a witness key as the log", f"log {LOG.key}", f"log {STRANGER.key}", "logs have type 0x01"),
        _policy("a log key as a witness", W1, f"witness W1 {LOG.key}\n", "witnesses have type 0x04 or 0x06"),
        _policy("a key that is none", str(WITNESSES[0].key), "w1", "keys are verifier keys"),
        _policy("a word too many", "quorum majority", "quorum majority W1", "each line has its words"),
        _policy("an unknown line", W1, f"{W1}trust W1\n", "log, witness, group, quorum"),
        rejected("carriage returns", {"policy": POLICY.replace("\n", "\r\n"), "times": {}}, "no control but tab"),
        rejected("no final newline", {"policy": POLICY[:-1], "times": {}}, "each line ends in a newline"),
    ]
