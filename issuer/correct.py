"""A typing error in the holder's name or domains is corrected: the mark keeps its id, and gets new bytes and a new QR.

Assessor and decider sit at the desk together: the assessor approves the very bytes that the decider signs, and both
are dated within the same two minutes. Whatever else is wrong needs a new mark that supersedes this one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from issuer.identity import open_signer
from issuer.mark_acts import Act, approve, say
from verifier.encoding import b64u
from verifier.envelope import parse_token
from verifier.errors import NotFoundError, RefusedError
from verifier.gather import gather
from verifier.mark import draft_of, parse_mark, sign_mark
from verifier.replay.correction import check_only_corrects
from verifier.schema import read_model
from verifier.seal import TYP as SEAL
from verifier.seal import seal_content, sign_seal

if TYPE_CHECKING:
    from issuer.desk import Desk
    from issuer.issuance import Admitted
    from verifier.mark import Holder, Mark


@dataclass(frozen=True)
class Correction:
    """What the holder is called instead; what is not given stays.

    No domains at all are an empty tuple, no name in Latin letters is an empty one.
    """

    name: str | None = None
    name_latin: str | None = None
    domains: tuple[str, ...] | None = None

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
        return read_model(type(holder), members, what="holder")


def correct(desk: Desk, mark_id: str, correction: Correction) -> Admitted:
    """Sign the corrected mark and have it logged; both the assessor's and the decider's key are open.

    Raises NotFoundError for a mark that the registry does not publish, RefusedError for one of another body, for a
    correction that changes nothing, or as the registry refuses, and UnavailableError.
    """
    earlier = _published(desk, mark_id)
    draft = replace(draft_of(earlier), holder=correction.of(earlier.content.org))
    signer, now = open_signer(desk.signers, "decider"), desk.clock()
    content = seal_content(draft, key_no=desk.identity.places["decider"].no)
    seal = sign_seal(content, host=draft.host, id=draft.id, signer=signer)
    seal_sha256 = parse_token(seal, SEAL).digest
    mark = sign_mark(draft, iat=now, seal_sha256=seal_sha256, nonce=b64u(desk.entropy(16)), signer=signer)
    corrected = parse_mark(mark)
    check_only_corrects(earlier, corrected)
    act = Act(earlier.id, "mark.corrected", {"mark_sha256": corrected.token.digest, "seal_sha256": seal_sha256})
    return say(desk, act, approve(desk, act), mark=mark, seal=seal)


def _published(desk: Desk, mark_id: str) -> Mark:
    token = gather(desk.registry.fetcher, mark_id).mark
    if token is None:
        raise NotFoundError(f"the registry publishes no mark {mark_id}")
    mark = parse_mark(token)
    if mark.iss != desk.identity.uri:
        raise RefusedError("the mark is another body's", hint="Only the body that issued a mark corrects it.")
    return mark
