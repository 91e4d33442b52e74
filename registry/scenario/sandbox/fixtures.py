"""The fixtures: what was issued in the sandbox's past, and what a liar or a bad connection makes of it.

Every mark that is presented was really issued; what is false about a fixture is what its name says, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from registry.scenario import cast
from registry.scenario.sandbox.fixture import Fixture, Group, OrganisationFixture
from registry.scenario.sandbox.marks import DECLARER
from registry.scenario.year.people import Supplier
from verifier.bundle import Bundle
from verifier.encoding import b64u, unb64u
from verifier.envelope import parse_token
from verifier.gather import gather, gather_mark
from verifier.log.checkpoint import SignedCheckpoint
from verifier.mark import parse_mark, sign_mark
from verifier.markid import new_mark_id
from verifier.names import body_uri
from verifier.seal import PROFILE, parse_scan, scan_text, seal_content, sign_seal
from verifier.seal import TYP as SEAL
from verifier.signer import SoftwareSigner
from verifier.statement import parse_statement
from verifier.verdict import Headline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.scenario.sandbox.marks import Past
    from registry.scenario.year.people import HeldMark
    from verifier.gather import Fetcher
    from verifier.injected import Entropy

UNLISTED_NO = 4999
LOOK_ALIKE, ELSEWHERE = "sandbox-shirushi.example", "elsewhere.example"
THREE: dict[str, Any] = {"version": 1, "tier": "jp.meti.scs/3"}
FOUR: dict[str, Any] = {"version": 1, "tier": "jp.meti.scs/4"}
YOUNG: dict[str, Any] = {**THREE, "max_age_hours": 24}
ACCEPTING: dict[str, Any] = {**THREE, "recognition": ["bilateral"]}

_STATES = {
    "not-yet-valid": Headline.NOT_YET_VALID,
    "expired": Headline.EXPIRED,
    "suspended": Headline.SUSPENDED,
    "superseded": Headline.SUPERSEDED,
    "cancelled": Headline.CANCELLED,
    "withdrawn": Headline.WITHDRAWN,
    "annulled": Headline.ANNULLED,
    "void-key": Headline.VOID_KEY,
}


@dataclass(frozen=True)
class FixtureMaker:
    """Makes the fixtures of one sandbox out of its past and of what it publishes."""

    past: Past
    fetcher: Fetcher
    host: str
    entropy: Entropy

    def all(self) -> tuple[Fixture, ...]:
        """Return every fixture about a mark, in the order in which a course takes them."""
        return (*self._accepted(), *self._refused(), *self._demanded(), *self._false(), *self._open())

    def organisations(self) -> tuple[OrganisationFixture, ...]:
        """Return the questions about organisations: a mark, a recognised certificate, a declaration, nothing."""
        held = self.past.marks["suspended"].supplier.identifier
        return (
            OrganisationFixture("recognised", cast.SUPPLIER_5.identifier, ACCEPTING, recognised=1, reason="test_mark"),
            OrganisationFixture(
                "self-declared",
                DECLARER.identifier,
                THREE,
                declared=True,
                outcome="self_declared",
                reason="self_declared",
            ),
            OrganisationFixture("suspended-holder", held, THREE, marks=1, reason="suspended"),
            OrganisationFixture("nothing-listed", Supplier(99).identifier, THREE, outcome="not_found", reason="absent"),
        )

    def _accepted(self) -> Iterator[Fixture]:
        for name in ("valid-3", "valid-4", "group", "unit"):
            one = self._scanned(name, "accepted", Headline.VALID, Headline.VALID_OFFLINE)
            yield replace(one, has_page=True)
        bundle = self._bundle("valid-3")
        alone = Bundle(log=bundle.log, trust_list=bundle.trust_list)
        yield Fixture("seal-only", "accepted", self._text("valid-3"), offline=Headline.SEAL_ONLY, bundle=alone)

    def _refused(self) -> Iterator[Fixture]:
        for name, headline in _STATES.items():
            yield replace(self._scanned(name, "refused", headline, headline), has_page=True)

    def _demanded(self) -> Iterator[Fixture]:
        below = self._scanned("valid-3", "demanded", Headline.BELOW_REQUIREMENT, Headline.BELOW_REQUIREMENT)
        yield replace(below, name="below-requirement", policy=FOUR)
        unit = self._scanned("unit", "demanded", Headline.BELOW_REQUIREMENT, Headline.BELOW_REQUIREMENT)
        yield replace(unit, name="unit-too-small", policy=THREE)
        other = self._scanned("valid-3", "demanded", Headline.SUBJECT_MISMATCH, Headline.SUBJECT_MISMATCH)
        yield replace(other, name="subject-mismatch", subject=self._mark("valid-4").supplier.identifier)

    def _false(self) -> Iterator[Fixture]:
        yield self._forged("altered-digit", _altered(self._text("valid-3")))
        yield self._forged("copied-onto", _under(self._text("valid-3"), self.host, self._mark("valid-4").id), "valid-4")
        yield self._forged("look-alike-host", _under(self._text("valid-3"), LOOK_ALIKE, self._mark("valid-3").id))
        yield self._forged("altered-token", _widened(self._bundle("valid-3").mark or ""))
        token, bundle = self._unlisted()
        yield Fixture("unknown-issuer", "false", token, Headline.UNKNOWN_ISSUER, Headline.UNKNOWN_ISSUER, bundle=bundle)

    def _open(self) -> Iterator[Fixture]:
        absent = new_mark_id(self.entropy)
        gone = gather_mark(self.fetcher, absent, self.host)
        address = f"https://{self.host}/m/{absent}"
        yield Fixture("not-found", "open", address, Headline.NOT_FOUND, Headline.NOT_FOUND, bundle=gone, has_page=True)
        stranger = self._strangers_seal(ELSEWHERE, new_mark_id(self.entropy))
        yield Fixture("unknown-registry", "open", stranger, Headline.UNKNOWN_REGISTRY, Headline.UNKNOWN_REGISTRY)
        newer = _of_profile(PROFILE + 1, self._text("valid-3"), new_mark_id(self.entropy))
        yield Fixture("newer-version", "open", newer, Headline.NOT_CONFIRMED, Headline.NOT_CONFIRMED)
        whole, text = self._bundle("valid-3"), self._text("valid-3")
        doubted = {
            "few-witnesses": replace(whole, latest=_with_witnesses(whole.latest or b"", 2)),
            "no-directory": replace(whole, directory=None),
            "tampered-proof": replace(whole, statements=_with_a_changed_path(whole, self._mark("valid-3"))),
        }
        for name, bundle in doubted.items():
            yield Fixture(name, "open", text, offline=Headline.NOT_CONFIRMED, bundle=bundle)
        old, at = self.past.outdated, self._text("outdated")
        yield Fixture("stale", "open", at, offline=Headline.NOT_CONFIRMED, bundle=old, policy=YOUNG)
        yield Fixture("outdated", "open", at, Headline.SUSPENDED, Headline.VALID_OFFLINE, bundle=old, has_page=True)

    def _scanned(self, name: str, group: Group, live: Headline, offline: Headline) -> Fixture:
        return Fixture(name, group, self._text(name), live, offline, bundle=self._bundle(name))

    def _forged(self, name: str, text: str, about: str = "valid-3") -> Fixture:
        return Fixture(name, "false", text, Headline.FORGED, Headline.FORGED, bundle=self._bundle(about))

    def _mark(self, name: str) -> HeldMark:
        return self.past.marks[name]

    def _bundle(self, name: str) -> Bundle:
        return gather(self.fetcher, self._mark(name).id)

    def _text(self, name: str) -> str:
        return scan_text(self._bundle(name).seal or "")

    def _unlisted(self) -> tuple[str, Bundle]:
        """Return a mark that a body signed which no authority accredited, and the evidence about its id."""
        signer = SoftwareSigner.generate(self.entropy)
        mark_id = new_mark_id(self.entropy)
        draft = replace(self._mark("valid-3").draft, id=mark_id, iss=body_uri(self.host, UNLISTED_NO))
        seal = sign_seal(seal_content(draft, key_no=2), host=self.host, id=mark_id, signer=signer)
        issued = parse_mark(self._bundle("valid-3").mark or "").iat
        token = sign_mark(
            draft,
            iat=issued,
            seal_sha256=parse_token(seal, SEAL).digest,
            nonce=b64u(self.entropy(16)),
            signer=signer,
        )
        return token, gather_mark(self.fetcher, mark_id, self.host)

    def _strangers_seal(self, host: str, mark_id: str) -> str:
        content = seal_content(self._mark("valid-3").draft, key_no=2)
        return scan_text(sign_seal(content, host=host, id=mark_id, signer=SoftwareSigner.generate(self.entropy)))


def _altered(text: str) -> str:
    """Return the text of a QR with one bit of its signature changed."""
    address, _, digits = text.partition("#")
    return f"{address}#{int(digits) ^ 1}"


def _under(text: str, host: str, mark_id: str) -> str:
    return f"https://{host}/m/{mark_id}#{text.partition('#')[2]}"


def _widened(token: str) -> str:
    """Return a mark's token with a wider scope, factories included, under the old signature."""
    header, payload, signature = token.split(".")
    widened = unb64u(payload).replace(b'"ot":"excluded"', b'"ot":"included"')
    return f"{header}.{b64u(widened)}.{signature}"


def _of_profile(profile: int, text: str, mark_id: str) -> str:
    """Return a QR in a form that this version does not know, under an id that nothing stands under."""
    seal = parse_scan(text)
    number = int.from_bytes(bytes([profile]) + seal.encoded + seal.signature)
    return f"https://{seal.host}/m/{mark_id}#{number}"


def _with_witnesses(note: bytes, count: int) -> bytes:
    """Return a checkpoint without all but so many of its cosignatures; the log's own signature is the first line."""
    text, _, signatures = note.decode().partition("\n\n")
    lines = signatures.splitlines()[: 1 + count]
    kept = text + "\n\n" + "\n".join(lines) + "\n"
    SignedCheckpoint.parse(kept.encode())
    return kept.encode()


def _with_a_changed_path(bundle: Bundle, held: HeldMark) -> tuple[Any, ...]:
    """Return the statements of a bundle, one bit of the inclusion path of the mark's issuance changed."""
    changed = []
    for one in bundle.statements:
        if parse_statement(one.compact).object == held.uri:
            first = one.path[0]
            one = replace(one, path=(bytes([first[0] ^ 1]) + first[1:], *one.path[1:]))
        changed.append(one)
    return tuple(changed)
