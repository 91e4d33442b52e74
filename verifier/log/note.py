"""Signed notes (C2SP signed-note v1.0.0): a text under signature lines, read strictly and byte for byte.

Base64 has to be canonical, so that parsing and serialising give the same bytes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.encoding import b64, unb64
from verifier.errors import KeyRefusedError, MalformedError, SignatureError
from verifier.log.ed25519 import verify_ed25519
from verifier.log.vkey import ED25519_NOTE, VerifierKey, parse_vkey, require_key_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Note", "NoteSignature", "NoteSigner", "VerifierKey", "open_note", "parse_note", "parse_vkey"]

MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100
_DASH = "\u2014 "


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: who claims to have signed, and the signature bytes behind the key id."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line with its final newline."""
        return f"{_DASH}{self.name} {b64(self.key_id + self.signature)}\n"

    def claims(self, key: VerifierKey) -> bool:
        """Tell whether the line names this key. That proves nothing yet."""
        return self.name == key.name and self.key_id == key.id


@dataclass(frozen=True)
class Note:
    """A text, ending in a newline, and its signature lines. Nothing in it is trusted before ``open_note``."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def serialize(self) -> bytes:
        """Return the bytes of the note."""
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    def adding(self, *signatures: NoteSignature) -> Note:
        """Return the note with further signature lines; one that it already has is not repeated."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))


class NoteSigner:
    """Signs texts as notes with Ed25519 (type 0x01), under a name."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        self.key = VerifierKey(name, ED25519_NOTE, private_key.public_key().public_bytes_raw())
        self._private_key = private_key

    def sign(self, text: str) -> NoteSignature:
        """Return the signature line over the text, which ends in a newline."""
        return NoteSignature(self.key.name, self.key.id, self._private_key.sign(text.encode()))


def parse_note(data: bytes) -> Note:
    """Return the note, unverified. Raises MalformedError."""
    text, separator, lines = _readable(data).rpartition("\n\n")
    if not separator:
        raise MalformedError("a note has an empty line before its signatures")
    return Note(text + "\n", parse_signature_lines(lines))


def parse_signature_lines(lines: str) -> tuple[NoteSignature, ...]:
    """Return one to a hundred signature lines, each ending in a newline. Raises MalformedError."""
    if not lines.endswith("\n"):
        raise MalformedError("a signed note ends in a signature line and a newline")
    if lines.count("\n") > MAX_SIGNATURES:
        raise MalformedError(f"a note carries at most {MAX_SIGNATURES} signatures")
    return tuple(_signature(line) for line in lines[:-1].split("\n"))


def read_signature_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Return the signature lines that stand alone in ``data``. Raises MalformedError."""
    return parse_signature_lines(_readable(data))


def open_note(note: Note, keys: Sequence[VerifierKey]) -> tuple[NoteSignature, ...]:
    """Return the signatures of the note by the given Ed25519 note keys; afterwards its text is theirs.

    Lines of other keys are ignored. Raises SignatureError when a line of a known key fails or there is none,
    KeyRefusedError when a key is of another type.
    """
    if any(key.type != ED25519_NOTE for key in keys):
        raise KeyRefusedError("a note is signed with an Ed25519 note key (type 0x01)")
    found = known_signatures(note, keys)
    for signature, key in found:
        _verify(key, signature, note)
    if not found:
        raise SignatureError("no known key has signed the note")
    return tuple(signature for signature, _ in found)


def known_signatures(note: Note, keys: Sequence[VerifierKey]) -> list[tuple[NoteSignature, VerifierKey]]:
    """Return the lines that name one of the keys, unverified. Raises KeyRefusedError for keys not told apart."""
    known = {(key.name, key.id): key for key in keys}
    if len(known) != len(set(keys)):
        raise KeyRefusedError("two keys share a name and a key id")
    return [
        (signature, known[signature.name, signature.key_id])
        for signature in note.signatures
        if (signature.name, signature.key_id) in known
    ]


def _verify(key: VerifierKey, signature: NoteSignature, note: Note) -> None:
    try:
        verify_ed25519(key.public, signature.signature, note.text.encode())
    except SignatureError as error:
        raise SignatureError(f"the signature of {key.name} on the note does not verify") from error


def _readable(data: bytes) -> str:
    if len(data) > MAX_NOTE:
        raise MalformedError(f"a note is at most {MAX_NOTE} bytes long")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("a note is UTF-8") from error
    if any(sign < " " and sign != "\n" for sign in text):
        raise MalformedError("a note holds no control character but newline")
    return text


def _signature(line: str) -> NoteSignature:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator:
        raise MalformedError("a signature line is an em dash, a key name and base64, one space apart")
    require_key_name(name)
    data = unb64(encoded)
    if len(data) <= 4:
        raise MalformedError("a signature is longer than its key id")
    return NoteSignature(name, data[:4], data[4:])
