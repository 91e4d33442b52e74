"""Writes note.json and tlog-proof.json: golden and rejection vectors of the log's formats, the same on every run.

Run it from the root of the repository: ``python -m tests.vectors.generate_log``. Keys are derived from their names and
protect nothing. A rejected input differs from an accepted one in the single respect that ``why`` names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.vectors.cases import FOLDER, Case, private_key, serialize
from tests.vectors.note_vectors import note_vectors
from verifier.encoding import b64, b64u, sha256
from verifier.log.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from verifier.log.cosignature import Cosigner
from verifier.log.merkle import EMPTY_ROOT, leaf_hash
from verifier.log.note import Note, NoteSigner
from verifier.log.tlog_proof import TlogProof
from verifier.log.tree import MemoryTree, inclusion_path

ORIGIN = "registry.example/log"
TIME = 1_800_000_000


def _case(name: str, given: dict[str, Any], why: str, expect: dict[str, Any] | None = None) -> Case:
    return {"name": name, "input": given, "valid": expect is not None, "expect": expect, "why": why}


# --- proofs ---

LOG = NoteSigner(ORIGIN, private_key("log"))
WITNESSES = tuple(Cosigner(f"witness.example/w{at}", private_key(f"witness {at}")) for at in range(1, 5))
STRANGER = Cosigner("stranger.example/w1", private_key("stranger witness"))
POLICY = "".join(
    (
        f"log {LOG.key}\n",
        *(f"witness W{at} {witness.key}\n" for at, witness in enumerate(WITNESSES, 1)),
        "group majority 3 W1 W2 W3 W4\n",
        "quorum majority\n",
    )
)


def proof_vectors() -> dict[str, Any]:
    """Return the content of tlog-proof.json."""
    return {
        "format": "proof file with witness policy; leaf is the hash of the entry in base64url",
        "spec": "c2sp.org/tlog-proof@v1, tlog-checkpoint@v1.0.0, tlog-cosignature@v1.0.1, tlog-policy; RFC 6962",
        "cases": [
            *_accepted_proofs(),
            *_rejected_forms(),
            *_rejected_checkpoints(),
            *_rejected_paths(),
            *_rejected_quorums(),
            *_rejected_policies(),
        ],
    }


def _entry(index: int) -> bytes:
    return f"entry {index}".encode()


def _tree(size: int) -> MemoryTree:
    tree = MemoryTree()
    for index in range(size):
        tree.append(leaf_hash(_entry(index)))
    return tree


def _cosigned(checkpoint: Checkpoint, cosigners: tuple[Cosigner, ...] = WITNESSES[:3]) -> SignedCheckpoint:
    signed = sign_checkpoint(checkpoint, LOG)
    return signed.adding(*(cosigner.cosign(signed, TIME + at) for at, cosigner in enumerate(cosigners)))


def _proof(index: int, size: int, cosigners: tuple[Cosigner, ...] = WITNESSES[:3]) -> TlogProof:
    tree = _tree(size)
    signed = _cosigned(Checkpoint(ORIGIN, size, tree.root()), cosigners)
    return TlogProof(index, tuple(inclusion_path(tree, index, size)), signed, _entry(index))


def _show(proof: TlogProof | str, policy: str = POLICY, leaf: bytes | None = None) -> dict[str, Any]:
    text = proof if isinstance(proof, str) else proof.serialize().decode()
    return {"proof": text, "leaf": b64u(leaf if leaf is not None else leaf_hash(_entry(5))), "policy": policy}


def _met(proof: TlogProof, time: int = TIME + 2, witnesses: tuple[Cosigner, ...] = WITNESSES[:3]) -> dict[str, Any]:
    return {
        "index": proof.index,
        "size": proof.checkpoint.checkpoint.size,
        "time": time,
        "witnesses": sorted(witness.key.name for witness in witnesses),
    }


def _accepted_proofs() -> list[Case]:
    proof, all_four = _proof(5, 11), _proof(5, 11, WITNESSES)
    single, last = _proof(0, 1), _proof(10, 11)
    extended = _cosigned(replace(proof.checkpoint.checkpoint, extensions=("an extension line", "another")))
    ahead = replace(proof, checkpoint=_first_last(proof.checkpoint))
    late = proof.checkpoint.adding(*(WITNESSES[at].cosign(proof.checkpoint, TIME + 9000) for at in range(4)))
    no_quorum = f"log {LOG.key}\nquorum none\n"
    return [
        _case("three of four witnesses", _show(proof), "met at the third time", _met(proof)),
        _case(
            "four of four witnesses",
            _show(all_four),
            "met when three had cosigned",
            _met(all_four, witnesses=WITNESSES),
        ),
        _case("a log of one entry", _show(single, leaf=leaf_hash(_entry(0))), "the path is empty", _met(single)),
        _case("the last leaf", _show(last, leaf=leaf_hash(_entry(10))), "levels without a sibling", _met(last)),
        _case("no extra line", _show(replace(proof, extra=None)), "extra is optional", _met(proof)),
        _case("cosignatures above the log's line", _show(ahead), "lines may stand in any order", _met(proof)),
        _case(
            "extension lines",
            _show(replace(proof, checkpoint=extended)),
            "they are opaque and cosigned with the rest",
            _met(proof),
        ),
        _case(
            "a witness that cosigned again later",
            _show(replace(proof, checkpoint=late)),
            "its earliest time counts, once",
            _met(proof, witnesses=WITNESSES),
        ),
        _case(
            "a stranger's cosignature beside the quorum",
            _show(replace(proof, checkpoint=proof.checkpoint.adding(STRANGER.cosign(proof.checkpoint, TIME)))),
            "unknown keys are ignored",
            _met(proof),
        ),
        _case("a policy without a quorum", _show(proof, no_quorum), "met at 0", _met(proof, 0, ())),
    ]


def _first_last(signed: SignedCheckpoint) -> SignedCheckpoint:
    first, *rest = signed.note.signatures
    return replace(signed, note=Note(signed.note.text, (*rest, first)))


def _rejected_forms() -> list[Case]:
    good = _proof(5, 11).serialize().decode()
    extra = f"extra {b64(_entry(5))}\n"
    hash_line = good.split("\n")[3]
    return [
        _case("another version", _show(good.replace("@v1", "@v2", 1)), "the first line is fixed"),
        _case("CRLF line ends", _show(good.replace("\n", "\r\n")), "lines end in a newline"),
        _case("extra twice", _show(good.replace(extra, extra * 2)), "one extra line"),
        _case("extra after index", _show(good.replace(extra, "").replace("index 5\n", f"index 5\n{extra}")), "order"),
        _case("an empty extra", _show(good.replace(extra, "extra \n")), "no extra data, no line"),
        _case("extra without padding", _show(good.replace(extra, extra.replace("=", ""))), "base64 is canonical"),
        _case("no index", _show(good.replace("index 5\n", "")), "the index is required"),
        _case("an index with a leading zero", _show(good.replace("index 5", "index 05")), "no leading zeros"),
        _case("a negative index", _show(good.replace("index 5", "index -5")), "digits only"),
        _case("an index in other digits", _show(good.replace("index 5", "index \u0665")), "ASCII digits"),
        _case("an index of 2**63", _show(good.replace("index 5", f"index {2**63}")), "below 2**63"),
        _case("a hash of 31 bytes", _show(good.replace(hash_line, b64(bytes(31)))), "hashes are 32 bytes"),
        _case("a hash without padding", _show(good.replace(hash_line, hash_line[:-1])), "base64 is canonical"),
        _case("64 hashes", _show(good.replace(hash_line, "\n".join([hash_line] * 64))), "a path has at most 63"),
        _case("no empty line", _show(good.replace(f"\n\n{ORIGIN}", f"\n{ORIGIN}")), "an empty line ends the path"),
        _case("no checkpoint", _show(good.partition("\n\n")[0] + "\n\n"), "the checkpoint is required"),
    ]


def _rejected_checkpoints() -> list[Case]:
    proof = _proof(5, 11)
    head = proof.checkpoint.checkpoint
    other = NoteSigner(ORIGIN, private_key("another log key"))
    elsewhere = NoteSigner("elsewhere.example/log", private_key("log"))
    unsigned = replace(proof.checkpoint, note=Note(proof.checkpoint.note.text, proof.checkpoint.note.signatures[1:]))
    return [
        _case(
            "a size with a leading zero", _show(_text(proof, f"{ORIGIN}\n011\n{b64(head.root)}\n")), "no leading zeros"
        ),
        _case("an empty origin", _show(_text(proof, f"\n11\n{b64(head.root)}\n")), "no line is empty"),
        _case("two lines", _show(_text(proof, f"{ORIGIN}\n11\n")), "origin, size and root are required"),
        _case("a root of 31 bytes", _show(_text(proof, f"{ORIGIN}\n11\n{b64(head.root[1:])}\n")), "roots are 32 bytes"),
        _case("an empty extension line", _show(_text(proof, head.serialize() + "\nmore\n")), "no line is empty"),
        _case("no signature of the log", _show(replace(proof, checkpoint=unsigned)), "the log has to sign"),
        _case("another key of the same origin", _show(_signed(proof, head, other)), "the key has to be in the policy"),
        _case(
            "another origin under the log's key",
            _show(_signed(proof, replace(head, origin="elsewhere.example/log"), elsewhere)),
            "the origin has to be in the policy",
        ),
        _case("another root", _show(_text(proof, replace(head, root=EMPTY_ROOT).serialize(), resign=False)), "signed"),
        _case(
            "an extension line that the log did not sign",
            _show(_text(proof, head.serialize() + "added\n", resign=False)),
            "the whole text is signed",
        ),
    ]


def _text(proof: TlogProof, text: str, *, resign: bool = True) -> str:
    # A text that does not parse as a checkpoint: everything about it is right but its form.
    old = proof.checkpoint.note
    signatures = [LOG.sign(text), *old.signatures[1:]] if resign else list(old.signatures)
    note = Note(text, tuple(signatures)).serialize().decode()
    return proof.serialize().decode().partition("\n\n")[0] + "\n\n" + note


def _signed(proof: TlogProof, head: Checkpoint, signer: NoteSigner) -> TlogProof:
    signed = sign_checkpoint(head, signer)
    return replace(proof, checkpoint=signed.adding(*(witness.cosign(signed, TIME) for witness in WITNESSES[:3])))


def _rejected_paths() -> list[Case]:
    proof = _proof(5, 11)
    path = proof.path
    empty = replace(proof, index=0, path=(), checkpoint=_cosigned(Checkpoint(ORIGIN, 0, EMPTY_ROOT)))
    return [
        _case("another leaf", _show(proof, leaf=leaf_hash(b"another")), "the path has to lead to the root"),
        _case("an entry hashed as a node", _show(proof, leaf=sha256(_entry(5))), "leaves are hashed with 0x00"),
        _case("another index", _show(replace(proof, index=4)), "the index says which side a hash stands on"),
        _case("an index equal to the size", _show(replace(proof, index=11)), "the index is below the size"),
        _case("a proof from an empty log", _show(empty), "an empty log holds nothing"),
        _case("a path that is too short", _show(replace(proof, path=path[:-1])), "one hash per level"),
        _case("a path that is too long", _show(replace(proof, path=(*path, path[0]))), "one hash per level"),
        _case("no path", _show(replace(proof, path=())), "one hash per level"),
        _case("a path in reverse", _show(replace(proof, path=path[::-1])), "from the leaf to the root"),
    ]


def _rejected_quorums() -> list[Case]:
    proof = _proof(5, 11, WITNESSES[:2])
    signed = proof.checkpoint
    twice = signed.adding(WITNESSES[0].cosign(signed, TIME + 50), WITNESSES[1].cosign(signed, TIME + 51))
    elsewhere = sign_checkpoint(replace(signed.checkpoint, origin="elsewhere.example/log"), LOG)
    renamed = Cosigner("witness.example/w3", private_key("stranger witness"))
    key = WITNESSES[2].key
    plain = NoteSigner(key.name, private_key("witness 3")).sign(signed.note.text)
    plain = replace(plain, key_id=key.id, signature=TIME.to_bytes(8, "big") + plain.signature)

    def with_line(signature: Any) -> dict[str, Any]:
        return _show(replace(proof, checkpoint=signed.adding(signature)))

    return [
        _case("two of four witnesses", _show(proof), "three are required"),
        _case("two witnesses, each twice", _show(replace(proof, checkpoint=twice)), "a witness counts once"),
        _case("a stranger as the third", with_line(STRANGER.cosign(signed, TIME)), "unknown keys are ignored"),
        _case("a stranger under a witness's name", with_line(renamed.cosign(signed, TIME)), "the key decides"),
        _case("a cosignature of another origin", with_line(WITNESSES[2].cosign(elsewhere, TIME)), "the text is signed"),
        _case("a cosignature with another time", with_line(_later(signed)), "the time is signed"),
        _case(
            "a cosignature without a time",
            with_line(WITNESSES[2].cosign(signed, 0)),
            "an undated cosignature dates nothing",
        ),
        _case("a note signature as a cosignature", with_line(plain), "the message begins with cosignature/v1"),
    ]


def _later(signed: SignedCheckpoint) -> Any:
    line = WITNESSES[2].cosign(signed, TIME)
    return replace(line, signature=(TIME + 1).to_bytes(8, "big") + line.signature[8:])


def _rejected_policies() -> list[Case]:
    proof = _proof(5, 11)
    w1 = f"witness W1 {WITNESSES[0].key}\n"
    copied = Cosigner("copy.example/w1", private_key("witness 1")).key
    group = "group majority 3 W1 W2 W3 W4\n"

    def policy(old: str, new: str) -> dict[str, Any]:
        return _show(proof, POLICY.replace(old, new))

    return [
        _case("no log", policy(f"log {LOG.key}\n", ""), "a policy alone has to name the log"),
        _case("no quorum line", policy("quorum majority\n", ""), "exactly one quorum line"),
        _case("two quorum lines", policy("quorum majority\n", "quorum majority\n" * 2), "exactly one quorum line"),
        _case("an undefined quorum", policy("quorum majority", "quorum minority"), "names are defined above"),
        _case("one key under two names", policy(w1, f"{w1}witness W5 {copied}\n"), "a key is one witness"),
        _case("one name twice", policy(w1, f"{w1}witness W1 {STRANGER.key}\n"), "a name is defined once"),
        _case("a member twice", policy("3 W1 W2 W3 W4", "3 W1 W1 W2 W3"), "a member stands once in the file"),
        _case("a member in two groups", policy(group, f"group a any W1\n{group}"), "a member stands once in the file"),
        _case("a threshold of 0", policy("majority 3", "majority 0"), "from 1 to the number of members"),
        _case("a threshold above the members", policy("majority 3", "majority 5"), "from 1 to the number of members"),
        _case("a group named none", policy("majority", "none"), "none is predefined"),
        _case("a group before its members", _show(proof, f"{group}{POLICY.replace(group, '')}"), "defined above"),
        _case("a witness key as the log", policy(f"log {LOG.key}", f"log {WITNESSES[0].key}"), "logs have type 1"),
        _case("a log key as a witness", policy(w1, f"witness W1 {LOG.key}\n"), "witnesses have type 4 or 6"),
        _case("a carriage return", policy("\n", "\r\n"), "no control character but tab and newline"),
        _case("no final newline", _show(proof, POLICY.removesuffix("\n")), "each line ends in a newline"),
        _case("an unknown line", policy(w1, f"{w1}trust W1\n"), "log, witness, group, quorum"),
    ]


FILES = {"note.json": note_vectors, "tlog-proof.json": proof_vectors}


def main() -> None:
    """Write the files."""
    for name, vectors in FILES.items():
        (FOLDER / name).write_text(serialize(vectors()), encoding="utf-8")


if __name__ == "__main__":
    main()
