"""Sealing a manifest in the log: the decider signs the statement, the desk submits it, witnesses date it.

Every step is kept in the seal's folder before the next one begins. Signed bytes are sent again unchanged; what the
registry refuses for its age is in no log and is signed anew. Offline the decider signs the content alone, as an
approval over what the statement will say: anchored, dated and submitted it is later.
"""

from __future__ import annotations

from dataclasses import dataclass

from issuer.identity import open_signer
from issuer.issuance import Admitted
from issuer.issue import INTERVAL, Waiting
from issuer.sealing_folder import APPROVAL, DRAFT, RECEIPT, REFUSED, STATEMENT, SealingFolder, receipt_bytes
from issuer.workplace import Workplace
from verifier.edge.evidence_files import BUNDLE
from verifier.encoding import canonical, read_object
from verifier.errors import ConflictError, MalformedError, RefusedError, UnavailableError
from verifier.evidence.check import EvidenceCheckName
from verifier.evidence.gathering import gather_seals
from verifier.evidence.manifest import Manifest
from verifier.evidence.sealing import Seal, judge_seals
from verifier.statement import Anchor, Draft, new_token_id, sign_statement
from verifier.statement.approval import parse_approval, sign_approval


@dataclass(frozen=True)
class Sealed:
    """A seal in the log, as the judge sees it, with its place in the log."""

    index: int
    seal: Seal


def draft_of(manifest: Manifest) -> Draft:
    """Return what the log will say: the manifest's digest and its kind, and nothing of what it holds."""
    head = manifest.head
    return Draft(head.log, "evidence.sealed", head.object, {"manifest_sha256": manifest.sha256, "kind": head.kind})


def sign_offline(place: Workplace, folder: SealingFolder) -> None:
    """Have the decider sign the content without the registry, and write the statement's draft to be submitted later.

    Raises RefusedError for a manifest of another body, WrongUseError when the decider's key is closed.
    """
    draft = draft_of(_own(place, folder))
    signed = sign_approval(
        draft.approval_subject,
        iss=place.identity.uri,
        log=draft.log,
        iat=place.clock(),
        signer=open_signer(place.signers, "decider"),
        entropy=place.entropy,
    )
    members = {"log": draft.log, "type": draft.type, "object": draft.object, "public": draft.public}
    folder.write(DRAFT, canonical(members) + b"\n")
    folder.write(APPROVAL, signed.encode("ascii"))


def seal_in_log(place: Workplace, folder: SealingFolder, waiting: Waiting) -> Sealed:
    """Sign and submit the seal of the folder's manifest, or go on where an earlier run stopped.

    Afterwards the folder holds the log's evidence, judged by the verifier's own code. Raises RefusedError when the
    registry or its rules refuse, ConflictError when something else was sealed under the object meanwhile,
    UnavailableError when the registry is out of reach or the proof is still pending: then run it again.
    """
    manifest = _own(place, folder)
    admitted = _admitted(folder) or _submit(place, folder, manifest, waiting)
    for look in range(waiting.looks):
        if look:
            waiting.pause(INTERVAL)
        seal = _proven(place, folder, manifest, admitted)
        if seal is not None:
            return Sealed(admitted.index, seal)
    raise UnavailableError(
        f"sealed at log index {admitted.index}, its proof is pending",
        hint=f"Run `shirushi evidence submit {folder.folder}` again later: it only fetches what is missing.",
    )


def _own(place: Workplace, folder: SealingFolder) -> Manifest:
    manifest = folder.manifests()[-1]
    if (manifest.head.by, manifest.head.log) != (place.identity.uri, place.identity.log):
        raise RefusedError(f"the manifest is of {manifest.head.by}, this desk is {place.identity.uri}")
    offline = folder.read(APPROVAL)
    if offline is not None:
        signed = parse_approval(offline.decode("ascii"), log=manifest.head.log)
        if signed.subject != draft_of(manifest).approval_subject:
            raise RefusedError("the manifest is not the one that was signed offline")
    return manifest


def _submit(place: Workplace, folder: SealingFolder, manifest: Manifest, waiting: Waiting) -> Admitted:
    stored = folder.read(STATEMENT)
    if stored is not None:
        try:
            return _send(place, folder, stored)
        except ConflictError:
            raise
        except RefusedError:
            # The registry judged these bytes and did not take them: they are in no log, so new ones may be signed.
            folder.write(REFUSED, stored)
            folder.remove(STATEMENT)
    prev = place.registry.head_of(manifest.head.object)
    if prev is None and folder.follows:
        raise RefusedError("what this manifest follows is not sealed yet", hint="Submit that first, then this.")
    statement = sign_statement(
        draft_of(manifest),
        iss=place.identity.uri,
        iat=place.clock(),
        jti=new_token_id(place.clock(), place.entropy),
        prev=prev,
        anchor=_anchor_over(place, prev, waiting),
        signer=open_signer(place.signers, "decider"),
    ).encode("ascii")
    folder.write(STATEMENT, statement)
    return _send(place, folder, statement)


def _send(place: Workplace, folder: SealingFolder, statement: bytes) -> Admitted:
    admitted = place.registry.send(statement.decode("ascii"))
    folder.write(RECEIPT, receipt_bytes(admitted.index, admitted.receipt))
    return admitted


def _admitted(folder: SealingFolder) -> Admitted | None:
    kept = folder.read(RECEIPT)
    if kept is None:
        return None
    told = read_object(kept)
    index, receipt = told.get("index"), told.get("receipt")
    if not isinstance(index, int) or not isinstance(receipt, str):
        raise MalformedError(f"{folder.folder / RECEIPT} is no receipt")
    return Admitted(index, receipt)


def _anchor_over(place: Workplace, prev: int | None, waiting: Waiting) -> Anchor:
    """Return the newest checkpoint, once it covers the object's previous entry: nothing may be anchored before it."""
    for look in range(waiting.looks):
        if look:
            waiting.pause(INTERVAL)
        anchor = place.registry.anchor(place.identity.log)
        if prev is None or prev < anchor.size:
            return anchor
    raise UnavailableError("the seal before this one is not published yet", hint="Run the same command again later.")


def _proven(place: Workplace, folder: SealingFolder, manifest: Manifest, admitted: Admitted) -> Seal | None:
    if not place.registry.directory_holds(admitted.index):
        return None
    evidence = gather_seals(place.registry.fetcher, manifest.head.object)
    told = judge_seals(evidence, manifest.head.object, root=place.registry.root(), now=place.clock())
    seal = told.seal(manifest.sha256)
    if seal is None or not all(told.holds(name) for name in (EvidenceCheckName.LOG, EvidenceCheckName.PRESENT)):
        return None
    folder.write(BUNDLE, evidence.serialize())
    return seal
