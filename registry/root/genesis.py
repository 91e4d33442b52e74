"""The first entry of a log: the trust root, signed by one operator and approved by another.

It is the only entry without an anchor. Its checkpoint is cosigned before entry 1, because every later statement has to
name a published checkpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.admission.accept import accept, read_submission
from verifier.envelope import parse_token
from verifier.names import authority_uri, root_uri
from verifier.replay.rules import Companions
from verifier.replay.state import LogState
from verifier.statement import Draft, new_token_id, sign_statement
from verifier.statement.approval import TYP as APPROVAL
from verifier.statement.approval import sign_approval

if TYPE_CHECKING:
    from registry.admission.accept import Admission, Office
    from registry.log.ledger import Ledger
    from registry.publishing.files import PublicFolder
    from verifier.signer import Signer


def open_log(ledger: Ledger, office: Office, public: PublicFolder, *, first: Signer, second: Signer) -> Admission:
    """Publish the trust root's file and write entry 0; on a log that has it, return the first answer again.

    Raises RefusedError when the log begins with something else.
    """
    root, now = office.root, office.clock()
    public.write_once(f"trust/{root.content.version}.json", root.serialize())
    iss = authority_uri(root.host)
    said = {"version": root.content.version, "sha256": root.sha256}
    draft = Draft(root.origin, "trust_root.published", root_uri(root.host), said)
    approval = sign_approval(
        draft.approval_subject, iss=iss, log=root.origin, iat=now, signer=second, entropy=office.entropy
    )
    statement = sign_statement(
        draft,
        iss=iss,
        iat=now,
        jti=new_token_id(now, office.entropy),
        prev=None,
        anchor=None,
        signer=first,
        second=parse_token(approval, APPROVAL).digest,
    )
    submission = read_submission(statement, Companions(second=approval))
    with ledger.group() as group, group.request():
        return accept(submission, group, LogState(root.host), office)
