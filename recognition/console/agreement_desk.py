"""The agreement desk: agreements at work, what this side signed of them, and what the home authority answered.

An agreement rests on a released mapping. Who drew its terms since the last signature does not sign them. What is signed
is kept byte for byte, and so is the newest answer of the authority: the state of an agreement is read from that answer,
never from what this folder believes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recognition.agreement_answer import Answer, gather_answer, read_answer
from recognition.agreement_folder import first_draft, read_folder
from recognition.agreement_proposal import SignedProposal, read_proposal
from recognition.console.operator_folder import HISTORY, Noted, OperatorFolder, write_file, write_once
from recognition.treaty import DISCLOSURE, MAPPING_FOLDER, TERMS, Treaty, parse_treaty
from verifier.edge.packs import load_pack
from verifier.errors import ConflictError, MalformedError, NotFoundError, RefusedError
from verifier.names import agreement_uri

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from recognition.agreement_fact import AgreementFact
    from recognition.agreement_folder import FirstTerms
    from recognition.console.mapping_desk import MappingDesk
    from recognition.foreign_desk import ForeignDesk
    from verifier.edge.write_api import Admitted, WriteApi
    from verifier.gather import Fetcher

KIND = "agreements"
EDITABLE = (TERMS, DISCLOSURE, "authentication.toml", "reverse.toml")
_DREW = frozenset({"drawn up", "terms", "mapping"})
_ANSWER = "answer.json"


@dataclass(frozen=True)
class OurSignature:
    """What this side signed: the version of the terms, their digest, who signed when, and the entry if it was sent."""

    version: int
    sha256: str
    at: int
    person: str
    kid: str
    entry: int | None


@dataclass(frozen=True)
class Beginning:
    """What an agreement is drawn up from: its id, and a release of a mapping."""

    label: str
    mapping: str
    release: int


class AgreementDesk:
    """The agreements of one operator's folder."""

    def __init__(self, folder: OperatorFolder, mappings: MappingDesk) -> None:
        self._folder = folder
        self._mappings = mappings

    def names(self) -> list[str]:
        """Return the ids of the agreements, in order."""
        return self._folder.names(KIND)

    def draw_up(self, beginning: Beginning, wished: FirstTerms, *, today: date, by: Noted) -> Treaty:
        """Begin an agreement with a released mapping. Raises NotFoundError, RefusedError, WrongUseError."""
        mapping = self._mappings.version(beginning.mapping, str(beginning.release))
        scheme = self._folder.scheme(mapping.head.source.scheme)
        files = first_draft(
            beginning.label,
            scheme=scheme,
            scheme_files=self._folder.scheme_files(scheme.id),
            mapping_files=self._mappings.files(beginning.mapping, beginning.release),
            pack=load_pack(mapping.head.target.scheme, mapping.head.target.version),
            today=today,
            wished=wished,
        )
        treaty = parse_treaty(files, pack_of=load_pack)
        place = self._folder.place(KIND, beginning.label)
        with self._folder.alone():
            write_once(place, {f"terms/{name}": data for name, data in files.items()})
            self._folder.note(place, by)
        return treaty

    def files(self, label: str) -> dict[str, bytes]:
        """Return the agreement's folder as it is at work. Raises NotFoundError."""
        return read_folder(self._place(label) / "terms")

    def treaty(self, label: str) -> Treaty:
        """Return the agreement at work. Raises NotFoundError, MalformedError, RefusedError."""
        return parse_treaty(self.files(label), pack_of=load_pack)

    def rewrite(self, label: str, texts: Mapping[str, str], *, sha256: str, by: Noted) -> Treaty:
        """Write files of the terms anew; an empty text takes a file away.

        Raises MalformedError or RefusedError with what they break, ConflictError when somebody wrote them meanwhile.
        """
        with self._folder.alone():
            files = self.files(label)
            if parse_treaty(files, pack_of=load_pack).sha256 != sha256:
                raise ConflictError("somebody else changed the terms meanwhile", hint="Look at them as they are now.")
            for name in texts:
                if name not in EDITABLE:
                    raise MalformedError(f"{name[:40]} is not written here")
            for name, text in texts.items():
                files.pop(name, None)
                if text.strip():
                    files[name] = (text.rstrip() + "\n").encode()
            return self._replace(label, files, by)

    def take_release(self, label: str, mapping: str, release: int, by: Noted) -> Treaty:
        """Pin another release of a mapping in the place of the one of that id. Raises NotFoundError, RefusedError."""
        pair = self._mappings.files(mapping, release)
        with self._folder.alone():
            files = {**self.files(label), **{f"{MAPPING_FOLDER}{name}": data for name, data in pair.items()}}
            return self._replace(label, files, by)

    def drawn_by(self, label: str) -> dict[str, str]:
        """Return who drew anything of the terms since the last signature: names by the ids of their accounts."""
        found: dict[str, str] = {}
        for line in self._folder.history(self._place(label)):
            if line.what == "signed":
                found = {}
            elif line.what in _DREW:
                found[line.person] = line.name
        return found

    def check_signable(self, label: str, person: str, *, shown: str) -> Treaty:
        """Return the agreement if that person may sign it as it is, which was ``shown`` to them under that digest.

        Raises RefusedError with the reason otherwise, ConflictError when it was changed after it was shown.
        """
        treaty = self.treaty(label)
        if treaty.is_draft:
            raise RefusedError("terms or mappings that call themselves a draft are not signed")
        for mapping in treaty.mappings:
            name = mapping.head.id
            known = self._mappings.releases(name) if name in self._mappings.names() else []
            if mapping.digest not in {one.sha256 for one in known}:
                raise RefusedError(
                    f"the mapping {name} is not a released one", hint="Another person has to release it."
                )
        if person in self.drawn_by(label):
            raise RefusedError("who drew the terms does not sign them", hint="Another person has to.")
        if treaty.sha256 != shown:
            raise ConflictError("the terms were changed after they were shown", hint="Look at them as they are now.")
        signed = self.signatures(label)
        if signed and signed[-1].sha256 == treaty.sha256:
            raise RefusedError(f"version {signed[-1].version} is signed already, and nothing has changed")
        return treaty

    def sign(self, label: str, desk: ForeignDesk, registry: WriteApi, by: Noted, *, shown: str) -> OurSignature:
        """Sign the terms that were ``shown``; nothing is sent.

        Raises as ``check_signable`` and as the registry is read.
        """
        with self._folder.alone():
            treaty = self.check_signable(label, by.person, shown=shown)
            version = len(self.signatures(label)) + 1
            signed = desk.sign(self.files(label), version=version, registry=registry, pack_of=load_pack)
            found = OurSignature(version, treaty.sha256, by.at, by.name, signed.said.token.kid, None)
            place = self._place(label) / "signed" / str(version)
            place.parent.mkdir(exist_ok=True)
            kept = json.dumps(vars(found), ensure_ascii=False).encode()
            write_once(place, {"proposal.json": signed.write(), "signature.json": kept})
            self._folder.note(self._place(label), by)
        return found

    def proposal(self, label: str, version: int) -> SignedProposal:
        """Return what was signed of a version. Raises NotFoundError."""
        file = self._place(label) / "signed" / str(version) / "proposal.json"
        if not file.is_file():
            raise NotFoundError(f"version {version} of {label} is not signed")
        return read_proposal(file.read_bytes())

    def send(self, label: str, version: int, registry: WriteApi, by: Noted) -> Admitted:
        """Send a signed version to the registry. Raises as the registry answers."""
        signed = self.proposal(label, version)
        admitted = registry.send(signed.statement, {"document": signed.document})
        file = self._place(label) / "signed" / str(version) / "signature.json"
        kept = {**json.loads(file.read_text("utf-8")), "entry": admitted.index}
        with self._folder.alone():
            write_file(file, json.dumps(kept, ensure_ascii=False).encode())
            self._folder.note(self._place(label), by)
        return admitted

    def signatures(self, label: str) -> list[OurSignature]:
        """Return everything that this side signed, oldest first."""
        place = self._place(label) / "signed"
        found = place.glob("*/signature.json") if place.is_dir() else ()
        read = [json.loads(file.read_text("utf-8")) for file in found]
        return sorted((OurSignature(**one) for one in read), key=lambda one: one.version)

    def ask(self, label: str, fetcher: Fetcher) -> Answer:
        """Fetch the authority's answer from a published plane, check it and keep it. Raises as ``take_answer``."""
        root = self._folder.root()
        return self.take_answer(label, gather_answer(fetcher, root, self.uri(label)))

    def take_answer(self, label: str, data: bytes) -> Answer:
        """Check an answer and keep it. Raises RefusedError for one older than the known one, or as reading it."""
        found = read_answer(data, self._folder.root(), self.uri(label))
        with self._folder.alone():
            kept = self.answer(label)
            if kept is not None and found.list.size < kept.list.size:
                raise RefusedError("the answer is older than the one that is known")
            write_file(self._place(label) / _ANSWER, data)
        return found

    def answer(self, label: str) -> Answer | None:
        """Return the newest answer that is known, None before the first one."""
        file = self._place(label) / _ANSWER
        return read_answer(file.read_bytes(), self._folder.root(), self.uri(label)) if file.is_file() else None

    def state_fact(self, label: str, fact: AgreementFact, desk: ForeignDesk, by: Noted) -> int:
        """Sign a fact about an agreement that is in force or suspended, and return its number. Raises RefusedError."""
        answer = self.answer(label)
        if answer is None or answer.listed.state not in ("in_force", "suspended"):
            raise RefusedError("the agreement is not in force", hint="Ask the registry for its state first.")
        with self._folder.alone():
            place = self._place(label) / "facts"
            place.mkdir(exist_ok=True)
            no = len(list(place.glob("*.jwt"))) + 1
            write_file(place / f"{no}.jwt", desk.state(fact, agreement=label).encode())
            self._folder.note(self._place(label), by)
        return no

    def facts(self, label: str) -> list[int]:
        """Return the numbers of the facts that were signed."""
        place = self._place(label) / "facts"
        return sorted(int(file.stem) for file in place.glob("*.jwt")) if place.is_dir() else []

    def fact(self, label: str, no: int) -> bytes:
        """Return a signed fact. Raises NotFoundError."""
        file = self._place(label) / "facts" / f"{no}.jwt"
        if not file.is_file():
            raise NotFoundError(f"{label} has no fact {no}")
        return file.read_bytes()

    def history(self, label: str) -> list[Noted]:
        """Return what was done to the agreement, oldest first."""
        return self._folder.history(self._place(label))

    def uri(self, label: str) -> str:
        """Return the agreement's name in the log."""
        return agreement_uri(self._folder.operator().host, label)

    def _place(self, label: str) -> Path:
        place = self._folder.place(KIND, label)
        if not (place / HISTORY).is_file():
            raise NotFoundError(f"there is no agreement {label}")
        return place

    def _replace(self, label: str, files: Mapping[str, bytes], by: Noted) -> Treaty:
        treaty = parse_treaty(files, pack_of=load_pack)
        if treaty.terms.id != label:
            raise RefusedError(f"the terms are of {treaty.terms.id}, and this is {label}")
        place = self._place(label)
        self._folder.note(place, by)
        for old in set(self.files(label)) - set(files):
            (place / "terms" / old).unlink()
        for name, data in files.items():
            write_file(place / "terms" / name, data)
        return treaty
