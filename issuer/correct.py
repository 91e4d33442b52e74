"""The holder's name, domains or listing are corrected: the mark keeps its id, and gets new bytes and a new QR.

Assessor and decider sit at the desk together: the assessor approves the very bytes that the decider signs, and both
are dated within the same two minutes. Whatever else is wrong needs a new mark that supersedes this one.

Where the mark has a credential, the corrected one gets a new one in the same act: the old one says the old name. All of
it is stored before it is sent, so that an interrupted correction goes on with the very same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from issuer import queries, queries_correction
from issuer.identity import open_signer
from issuer.issuance import Corrected, Signed
from issuer.mark_acts import Act, approve, sign_act
from issuer.wallet import Wish, check_own_credential, sign_wished, wish_of
from verifier.credential import parse_credential
from verifier.encoding import b64u
from verifier.envelope import parse_token
from verifier.errors import ConflictError, NotFoundError, RefusedError
from verifier.gather import gather
from verifier.keys import import_jwk
from verifier.mark import draft_of, parse_mark, sign_mark
from verifier.replay.correction import check_only_corrects
from verifier.schema import read_model
from verifier.seal import TYP as SEAL
from verifier.seal import seal_content, sign_seal

if TYPE_CHECKING:
    from issuer.desk import Desk
    from verifier.mark import Holder, Mark


@dataclass(frozen=True)
class Correction:
    """What the holder is called instead, and whether it is found by its number only; what is not given stays.

    No domains at all are an empty tuple, no name in Latin letters is an empty one.
    """

    name: str | None = None
    name_latin: str | None = None
    domains: tuple[str, ...] | None = None
    unlisted: bool | None = None

    def of(self, holder: Holder) -> Holder:
        """Return the corrected holder.

        Raises RefusedError for a sole proprietor, whose mark shows no name, and StatementError.
        """
        if holder.name_sd is not None:
            raise RefusedError("a sole proprietor's mark shows no name to correct", hint="Issue it anew.")
        members = holder.members()
        for name, value in (("name", self.name), ("name_latin", self.name_latin)):
            members |= {name: value} if value is not None else {}
        if self.name_latin == "":
            del members["name_latin"]
        if self.domains is not None:
            members.pop("domains", None)
            members |= {"domains": list(self.domains)} if self.domains else {}
        if self.unlisted is not None:
            members.pop("unlisted", None)
            members |= {"unlisted": True} if self.unlisted else {}
        return read_model(type(holder), members, what="holder")


def correct(desk: Desk, mark_id: str, correction: Correction, *, wish: Wish | None = None) -> Corrected:
    """Sign the corrected mark and have it logged; both the assessor's and the decider's key are open.

    Its credential is signed in the same act if it has one already, its case asks for one, or there is a ``wish``.
    Raises NotFoundError for a mark that the registry does not publish, RefusedError for one of another body, for a
    correction that changes nothing, or as the registry refuses, and UnavailableError: then run it again.
    """
    earlier = _published(desk, mark_id)
    wanted = correction.of(earlier.content.org)
    begun = _settled(desk, earlier.id)
    if begun is not None and parse_mark(begun.signed.mark).content.org == wanted:
        return begun
    before = _wish(desk, earlier.id)
    if wish is None or wish.holder_key is None:
        # What it is bound to already, it stays bound to.
        wish = before or wish
    corrected, case_id = _signed(desk, earlier, wanted, wish=wish), case_of(desk, earlier.id)
    with desk.database.transaction() as session:
        corrected = queries_correction.keep_correction(session, case_id, corrected)
    return _sent(desk, corrected)


def case_of(desk: Desk, mark_id: str) -> str | None:
    """Return the case that a mark came from, None where this desk has none."""
    with desk.database.transaction() as session:
        return queries_correction.case_of_mark(session, mark_id)


def _signed(desk: Desk, earlier: Mark, holder: Holder, *, wish: Wish | None) -> Corrected:
    draft, now = replace(draft_of(earlier), holder=holder), desk.clock()
    signer = open_signer(desk.signers, "decider")
    content = seal_content(draft, key_no=desk.identity.places["decider"].no)
    seal = sign_seal(content, host=draft.host, id=draft.id, signer=signer)
    seal_sha256 = parse_token(seal, SEAL).digest
    mark = sign_mark(draft, iat=now, seal_sha256=seal_sha256, nonce=b64u(desk.entropy(16)), signer=signer)
    corrected = parse_mark(mark)
    check_only_corrects(earlier, corrected)
    act = Act(earlier.id, "mark.corrected", {"mark_sha256": corrected.token.digest, "seal_sha256": seal_sha256})
    approval = approve(desk, act)
    credential = sign_wished(wish, mark, signer=signer, entropy=desk.entropy)
    signed = Signed(seal, mark, sign_act(desk, act, approval), credential)
    check_own_credential(signed, import_jwk(signer.jwk), name=None)
    return Corrected(earlier.id, now, signed, approval)


def _sent(desk: Desk, corrected: Corrected) -> Corrected:
    """Send what was signed. What the registry judged and refused is in no log, and is dropped."""
    signed = corrected.signed
    try:
        admitted = desk.registry.send(signed.statement, mark=signed.mark, seal=signed.seal, second=corrected.approval)
    except (RefusedError, ConflictError):
        with desk.database.transaction() as session:
            queries_correction.forget_correction(session, corrected)
        raise
    with desk.database.transaction() as session:
        queries_correction.keep_corrected(session, corrected, admitted)
    return replace(corrected, admitted=admitted)


def _settled(desk: Desk, mark_id: str) -> Corrected | None:
    """Return the last correction, sent once more if nobody knows what became of it; None where it was refused."""
    with desk.database.transaction() as session:
        last = queries_correction.latest_correction(session, mark_id)
    if last is None or last.admitted is not None:
        # One that is in the log stands in what the registry publishes, or soon will.
        return last
    try:
        return _sent(desk, last)
    except (RefusedError, ConflictError):
        return None


def _wish(desk: Desk, mark_id: str) -> Wish | None:
    """Return the wish of the mark's case, or what its newest credential shows of one."""
    case_id = case_of(desk, mark_id)
    if case_id is None:
        return None
    with desk.database.transaction() as session:
        case, issuance = queries.load_case(session, case_id), queries.load_issuance(session, case_id)
        last = queries_correction.latest_correction(session, mark_id)
    signed = last.signed if last is not None else issuance.signed if issuance is not None else None
    if signed is None or signed.credential is None:
        return wish_of(case)
    bound = parse_credential(signed.credential).claims.cnf
    return Wish(import_jwk(bound.jwk) if bound is not None else None)


def _published(desk: Desk, mark_id: str) -> Mark:
    token = gather(desk.registry.fetcher, mark_id).mark
    if token is None:
        raise NotFoundError(f"the registry publishes no mark {mark_id}")
    mark = parse_mark(token)
    if mark.iss != desk.identity.uri:
        raise RefusedError("the mark is another body's", hint="Only the body that issued a mark corrects it.")
    return mark
