"""Golden and rejection vectors of signed notes and verifier keys. A rejected input differs in what ``why`` names."""

from __future__ import annotations

from typing import Any

from tests.vectors.cases import Case, private_key
from verifier.encoding import b64, b64u, sha256
from verifier.log.note import Note, NoteSigner

SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_SIGNATURE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
SPEC_NOTE = f"This is an example message.\n\n\u2014 example.com/foo {SPEC_SIGNATURE}\n"


def _case(name: str, given: dict[str, Any], why: str, expect: dict[str, Any] | None = None) -> Case:
    return {"name": name, "input": given, "valid": expect is not None, "expect": expect, "why": why}


def note_vectors() -> dict[str, Any]:
    """Return the content of note.json."""
    return {
        "format": "signed note and verifier key",
        "spec": "c2sp.org/signed-note@v1.0.0",
        "cases": [*_accepted_notes(), *_rejected_texts(), *_rejected_signatures(), *_rejected_keys()],
    }


def _given(note: str, *keys: str) -> dict[str, Any]:
    return {"note": note, "keys": list(keys or (SPEC_VKEY,))}


def _accepted_notes() -> list[Case]:
    signer, text = (
        NoteSigner("example.com/\u6728\u661f", private_key("utf-8 name")),
        "caff\u00e8\n\n\ntwo empty lines\n",
    )
    utf8 = Note(text, (signer.sign(text),)).serialize().decode()
    noise = "".join(NoteSigner(f"other.example/{at}", private_key("noise")).sign("x\n").line for at in range(20))
    good = {"text": "This is an example message.\n", "signed_by": ["example.com/foo"]}
    same_name = NoteSigner("example.com/foo", private_key("noise")).sign("x\n").line
    return [
        _case("the vector of the Go implementation", _given(SPEC_NOTE), "published test vector", good),
        _case(
            "UTF-8 and empty lines in the text",
            _given(utf8, str(signer.key)),
            "the text ends at the last empty line",
            {"text": text, "signed_by": [signer.key.name]},
        ),
        _case("21 signatures of which one is known", _given(SPEC_NOTE + noise), "unknown keys are ignored", good),
        _case(
            "a line of the same name with another key id",
            _given(SPEC_NOTE + same_name),
            "name and key id together make a key",
            good,
        ),
    ]


def _rejected_texts() -> list[Case]:
    raw = _given(SPEC_NOTE.replace("example message", "\u0001 message"))
    bad_utf8 = {"note_b64u": b64u(SPEC_NOTE.encode().replace(b"This", b"\xff\xfe\xfd")), "keys": [SPEC_VKEY]}
    head, _, lines = SPEC_NOTE.partition("\n\n")
    return [
        _case("CRLF line ends", _given(SPEC_NOTE.replace("\n", "\r\n")), "no control character but newline"),
        _case("a control character", raw, "no control character but newline"),
        _case("a tab", _given(SPEC_NOTE.replace("an example", "an\texample")), "no control character but newline"),
        _case("not UTF-8", bad_utf8, "a note is UTF-8"),
        _case("no empty line", _given(f"{head}\n{lines}"), "text and signatures are separated by an empty line"),
        _case("no signature", _given(f"{head}\n\n"), "at least one signature line"),
        _case("no final newline", _given(SPEC_NOTE.removesuffix("\n")), "each signature line ends in a newline"),
        _case("an empty line at the end", _given(SPEC_NOTE + "\n"), "what follows the last empty line is signatures"),
        _case("another text", _given(SPEC_NOTE.replace("This", "That")), "the signature of a known key fails"),
    ]


def _rejected_signatures() -> list[Case]:
    bad = b64(bytes([0x53, 0x0D, 0x90, 0x3A]) + bytes(64))
    line = "\u2014 example.com/foo "
    return [
        _case("a hyphen for the dash", _given(SPEC_NOTE.replace("\u2014", "-")), "a line begins with U+2014"),
        _case("two spaces before the name", _given(SPEC_NOTE.replace("\u2014 ", "\u2014  ")), "one space each"),
        _case("two spaces after the name", _given(SPEC_NOTE.replace("foo ", "foo  ")), "one space each"),
        _case("a space after the base64", _given(SPEC_NOTE.replace("=\n", "= \n")), "one space each"),
        _case("no padding", _given(SPEC_NOTE.replace("=\n", "\n")), "base64 is canonical"),
        _case("spare bits that are not zero", _given(SPEC_NOTE.replace("QM=", "QN=")), "base64 is canonical"),
        _case("the URL alphabet", _given(SPEC_NOTE.replace("2ONncAl", "2ON-cAl")), "the standard alphabet"),
        _case("a plus in the name", _given(SPEC_NOTE.replace("com/foo", "com+foo")), "names hold no plus"),
        _case("a no-break space in the name", _given(SPEC_NOTE.replace("m/f", "m\u00a0f")), "names hold no space"),
        _case("only a key id", _given(SPEC_NOTE + line + "Uw2QOg==\n"), "a signature is longer than its key id"),
        _case("an unknown key only", _given(SPEC_NOTE, str(_note_key("stranger"))), "no known key has signed"),
        _case("a second line of a known key fails", _given(f"{SPEC_NOTE}{line}{bad}\n"), "one failure rejects all"),
        _case("101 signatures", _given(SPEC_NOTE + SPEC_NOTE.split("\n\n")[1] * 100), "at most 100 signatures"),
    ]


def _note_key(name: str) -> Any:
    return NoteSigner(f"{name}.example", private_key(name)).key


def _rejected_keys() -> list[Case]:
    prime = 2**255 - 19
    order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    weak = {
        "the identity point": (1).to_bytes(32, "little"),
        "the point of order 2": (prime - 1).to_bytes(32, "little"),
        "a point of order 4": bytes(32),
        "a point of order 4 with the sign bit": bytes(31) + b"\x80",
        "a point of order 8": bytes.fromhex(order_8),
        "a point in its second encoding": (prime + 3).to_bytes(32, "little"),
    }
    cases = [_case(name, _given(SPEC_NOTE, _vkey(1, key)), "not an honest Ed25519 key") for name, key in weak.items()]
    public = _note_key("type").public
    return [
        *cases,
        _case("a key of 31 bytes", _given(SPEC_NOTE, _vkey(1, public[:31])), "an Ed25519 key is 32 bytes"),
        _case("a key of an unknown type", _given(SPEC_NOTE, _vkey(0x7F, public)), "types 1, 4 and 6 are used"),
        _case("a cosigner's key on a note", _given(SPEC_NOTE, _vkey(4, public)), "notes are signed with type 1"),
        _case("a foreign key id", _given(SPEC_NOTE, SPEC_VKEY.replace("530d", "530e")), "the id is of name and key"),
        _case("a key id in capitals", _given(SPEC_NOTE, SPEC_VKEY.replace("530d", "530D")), "the id is lower case"),
        _case(
            "a key without a name", _given(SPEC_NOTE, SPEC_VKEY.removeprefix("example.com/foo")), "names are not empty"
        ),
    ]


def _vkey(kind: int, public: bytes, name: str = "example.com/foo") -> str:
    data = bytes([kind]) + public
    key_id = sha256(name.encode() + b"\n" + data)[:4]
    return f"{name}+{key_id.hex()}+{b64(data)}"
