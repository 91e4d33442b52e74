"""The closed list of findings: code, severity, rule, what it means and what to do.

R1 to R15 are the rules of a monitor of this log; "files" are those of fsck; "two persons", "directory", "root" and
"version" name themselves. A text's message id is ``finding.<code>.explanation`` or ``finding.<code>.next``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Severity(Enum):
    """How bad a finding is."""

    VIOLATION = "violation"
    WARNING = "warning"
    NOTICE = "notice"


class Code(Enum):
    """Every finding that there is."""

    MALFORMED_FILE = "malformed_file"
    NOT_ITS_FORM = "not_its_form"
    MISSING_FILE = "missing_file"
    STRAY_FILE = "stray_file"
    UNFINISHED_FILE = "unfinished_file"
    ENTRY_UNREADABLE = "entry_unreadable"
    BUNDLE_WRONG = "bundle_wrong"
    TILE_WRONG = "tile_wrong"
    ROOT_HASH_WRONG = "root_hash_wrong"
    LOG_SIGNATURE_BAD = "log_signature_bad"
    COSIGNATURE_BAD = "cosignature_bad"
    UNKNOWN_SIGNATURE_LINE = "unknown_signature_line"
    CHECKPOINT_MISPLACED = "checkpoint_misplaced"
    TOKEN_DIFFERS = "token_differs"
    TOKEN_SIGNATURE_BAD = "token_signature_bad"
    PROOF_WRONG = "proof_wrong"
    COMMITMENT_UNFIT = "commitment_unfit"
    ENTITY_CONFIGURATION_WRONG = "entity_configuration_wrong"
    FEDERATION_FILE_WRONG = "federation_file_wrong"
    DIRECTORY_WRONG = "directory_wrong"
    DIRECTORY_POINTER_WRONG = "directory_pointer_wrong"
    TRUST_LIST_WRONG = "trust_list_wrong"
    RECOGNITION_LIST_WRONG = "recognition_list_wrong"
    NOTICES_WRONG = "notices_wrong"
    STATUS_LIST_WRONG = "status_list_wrong"
    TRUST_ROOT_WRONG = "trust_root_wrong"
    TRUST_ROOT_EXPIRED = "trust_root_expired"
    ROOT_NOT_GIVEN = "root_not_given"
    ISSUER_NOT_ACCREDITED = "issuer_not_accredited"
    TIER_NOT_ACCREDITED = "tier_not_accredited"
    KEY_NOT_ENTITLED = "key_not_entitled"
    SIGNATURE_BAD = "signature_bad"
    VOID_BY_CUTOFF = "void_by_cutoff"
    OWN_CERTIFICATION = "own_certification"
    TERM_TOO_LONG = "term_too_long"
    ISSUE_BURST = "issue_burst"
    DUPLICATE_LIVE_MARK = "duplicate_live_mark"
    STEP_NOT_ALLOWED = "step_not_allowed"
    CHAIN_BROKEN = "chain_broken"
    ANCHOR_WRONG = "anchor_wrong"
    BACKDATED = "backdated"
    POSTDATED = "postdated"
    DATING_TOO_WIDE = "dating_too_wide"
    DATING_OPEN = "dating_open"
    GRANTED_BY_ANOTHER = "granted_by_another"
    RECOGNITION_UNFOUNDED = "recognition_unfounded"
    CHECKPOINT_OLD = "checkpoint_old"
    GROWTH_STALLED = "growth_stalled"
    QUORUM_MISSING = "quorum_missing"
    WITNESS_DISAGREES = "witness_disagrees"
    WITNESS_SILENT = "witness_silent"
    HISTORY_REWRITTEN = "history_rewritten"
    ROLLED_BACK = "rolled_back"
    MARK_NOT_LOGGED = "mark_not_logged"
    STATEMENT_DROPPED = "statement_dropped"
    SUBJECT_NAMED = "subject_named"
    SECOND_PERSON_MISSING = "second_person_missing"
    SECOND_PERSON_WRONG = "second_person_wrong"
    ATTESTATION_REUSED = "attestation_reused"
    MARK_DIFFERS = "mark_differs"
    EVALUATION_WRONG = "evaluation_wrong"
    CRITERIA_WRONG = "criteria_wrong"
    TECHNICAL_VERIFICATION_MISSING = "technical_verification_missing"
    STATUS_PLACE_TAKEN = "status_place_taken"
    RULE_BROKEN = "rule_broken"
    NEWER_VERIFIER_NEEDED = "newer_verifier_needed"


@dataclass(frozen=True)
class Kind:
    """What a code means: how bad it is, the rule behind it, and what to tell people."""

    severity: Severity
    rule: str
    explanation: str
    next_step: str


def message_ids() -> Iterator[str]:
    """Yield the message ids of all texts of this list."""
    for code in Code:
        yield from (f"finding.{code.value}.{part}" for part in ("explanation", "next"))


_V, _W, _N = Severity.VIOLATION, Severity.WARNING, Severity.NOTICE

_KEEP = "Keep both versions and publish them: they are proof against whoever signed them."
_TELL = "Report it to the authority with this finding; do not rely on the object until it is answered."
_REPAIR = "Tell the operator to restore the file from the database or a copy, then check again."
_AGAIN = "Fetch it again from another place. If it stays so, report it."

KINDS: dict[Code, Kind] = {
    Code.MALFORMED_FILE: Kind(_V, "files", "A published file cannot be read as what it claims to be.", _REPAIR),
    Code.NOT_ITS_FORM: Kind(_V, "files", "A file can be read, but its bytes are not its one form.", _REPAIR),
    Code.MISSING_FILE: Kind(_V, "files", "The log refers to a file that is not published.", _AGAIN),
    Code.STRAY_FILE: Kind(
        _W, "files", "Nothing in the log refers to this file: nothing vouches for it.", "Remove it, or say what it is."
    ),
    Code.UNFINISHED_FILE: Kind(
        _N, "files", "The file belongs to what is not published yet.", "Nothing, unless it stays."
    ),
    Code.ENTRY_UNREADABLE: Kind(_V, "files", "An entry is not a statement in the one allowed form.", _TELL),
    Code.BUNDLE_WRONG: Kind(_V, "files", "A bundle of entries holds other bytes than the log.", _REPAIR),
    Code.TILE_WRONG: Kind(_V, "files", "A tile of the tree is not what the entries give.", _REPAIR),
    Code.ROOT_HASH_WRONG: Kind(
        _V, "files", "The log signed a root that is not the root of the entries that it publishes.", _KEEP
    ),
    Code.LOG_SIGNATURE_BAD: Kind(
        _V, "files", "A checkpoint is not signed by a key of the log that counts there.", _AGAIN
    ),
    Code.COSIGNATURE_BAD: Kind(_V, "files", "The line of a known witness does not verify.", _REPAIR),
    Code.UNKNOWN_SIGNATURE_LINE: Kind(
        _V, "files", "A signature line names nobody whom the trust root knows.", "Find out who wrote it; remove it."
    ),
    Code.CHECKPOINT_MISPLACED: Kind(_V, "files", "A checkpoint stands where another one belongs.", _REPAIR),
    Code.TOKEN_DIFFERS: Kind(_V, "files", "A token is not the one whose digest the log holds.", _REPAIR),
    Code.TOKEN_SIGNATURE_BAD: Kind(_V, "files", "The signature on a published token does not verify.", _REPAIR),
    Code.PROOF_WRONG: Kind(_V, "files", "The proof beside a mark does not prove the mark's entry.", _REPAIR),
    Code.COMMITMENT_UNFIT: Kind(
        _V, "files", "A disclosed fact fits no commitment in the log: it was changed or made up.", _TELL
    ),
    Code.ENTITY_CONFIGURATION_WRONG: Kind(
        _V, "files", "The entity configuration is not signed by the authority or lists what the log does not.", _REPAIR
    ),
    Code.FEDERATION_FILE_WRONG: Kind(
        _V,
        "files",
        "A file for OpenID Federation is not signed by whom it names, or says what the log does not.",
        _REPAIR,
    ),
    Code.DIRECTORY_WRONG: Kind(
        _V, "directory", "The directory is not the one that the entries give: it hides or invents a state.", _TELL
    ),
    Code.DIRECTORY_POINTER_WRONG: Kind(
        _V, "directory", "The pointer to the latest directory names another one, or one that is long outdated.", _AGAIN
    ),
    Code.TRUST_LIST_WRONG: Kind(_V, "directory", "The trust list says something else than the log.", _TELL),
    Code.RECOGNITION_LIST_WRONG: Kind(_V, "directory", "The recognition list says something else than the log.", _TELL),
    Code.NOTICES_WRONG: Kind(_V, "directory", "The list of notices says something else than the log.", _TELL),
    Code.STATUS_LIST_WRONG: Kind(_V, "directory", "A status list says something else than the log.", _TELL),
    Code.TRUST_ROOT_WRONG: Kind(
        _V, "root", "A trust root is not agreed by its custodians, or is not the logged one.", _TELL
    ),
    Code.TRUST_ROOT_EXPIRED: Kind(_W, "root", "The newest trust root has expired.", "Ask the authority for the next."),
    Code.ROOT_NOT_GIVEN: Kind(
        _N,
        "root",
        "No trust root was given, so the registry's own version 1 was taken: it vouches for itself.",
        "Get trust/1.json from somewhere that you trust and name it with --root.",
    ),
    Code.ISSUER_NOT_ACCREDITED: Kind(_V, "R1", "The issuer was not accredited when it evaluated and decided.", _TELL),
    Code.TIER_NOT_ACCREDITED: Kind(
        _V, "R2", "The issuer was not accredited for this scheme, tier and criteria version.", _TELL
    ),
    Code.KEY_NOT_ENTITLED: Kind(
        _V, "R3", "The key was not listed, was retired, revoked or cut off, or has another role.", _TELL
    ),
    Code.SIGNATURE_BAD: Kind(_V, "R3", "The signature on a statement or on what it names does not verify.", _TELL),
    Code.VOID_BY_CUTOFF: Kind(
        _N, "R3", "A later revocation's cut-off makes the entry void.", "Ask the body for a newly issued mark."
    ),
    Code.OWN_CERTIFICATION: Kind(_V, "R4", "An evaluator certified itself or a declared related party.", _TELL),
    Code.TERM_TOO_LONG: Kind(_V, "R5", "The mark lasts longer than its tier's term, or names other criteria.", _TELL),
    Code.ISSUE_BURST: Kind(
        _W, "R6", "A body issued more marks in a day than it declared or than it usually does.", "Ask the body why."
    ),
    Code.DUPLICATE_LIVE_MARK: Kind(
        _W, "R7", "Two marks of one scheme for the same holder and scope are in force.", "Ask which one counts."
    ),
    Code.STEP_NOT_ALLOWED: Kind(_V, "R8", "The object's state does not allow this step.", _TELL),
    Code.CHAIN_BROKEN: Kind(_V, "R8", "The entry does not follow the object's newest entry.", _TELL),
    Code.ANCHOR_WRONG: Kind(_V, "R9", "The entry's anchor is not a checkpoint that this log published.", _KEEP),
    Code.BACKDATED: Kind(_V, "R9", "The statement claims to be older than the checkpoint that it names.", _TELL),
    Code.POSTDATED: Kind(_V, "R9", "The statement is dated after the log had it.", _TELL),
    Code.DATING_TOO_WIDE: Kind(
        _V, "R9", "More than 24 hours lie between the anchor and the first covering checkpoint.", _TELL
    ),
    Code.DATING_OPEN: Kind(
        _W, "R9", "A checkpoint that would date the grant is missing or lacks witnesses.", "Fetch the kept checkpoints."
    ),
    Code.GRANTED_BY_ANOTHER: Kind(_V, "R10", "Somebody who may not grant this granted it.", _TELL),
    Code.RECOGNITION_UNFOUNDED: Kind(
        _V, "R11", "A recognition names an agreement that is not in force under two signatures.", _TELL
    ),
    Code.CHECKPOINT_OLD: Kind(
        _W, "R12", "The newest checkpoint is older than the policy allows.", "Wait; then ask the operator."
    ),
    Code.GROWTH_STALLED: Kind(
        _W, "R12", "The log has not grown for longer than the policy allows.", "Wait; then ask the operator."
    ),
    Code.QUORUM_MISSING: Kind(
        _V, "R13", "Too few witnesses cosigned a checkpoint: its state is not confirmed.", _AGAIN
    ),
    Code.WITNESS_DISAGREES: Kind(_V, "R13", "A witness cosigned another history than the one shown here.", _KEEP),
    Code.WITNESS_SILENT: Kind(
        _W, "R13", "A witness of the trust root has not cosigned for too long.", "Ask its operator."
    ),
    Code.HISTORY_REWRITTEN: Kind(
        _V, "R13", "The log no longer begins with what was verified before: it shows two histories.", _KEEP
    ),
    Code.ROLLED_BACK: Kind(_W, "R13", "The log shows an older checkpoint than the one verified before.", _AGAIN),
    Code.MARK_NOT_LOGGED: Kind(_V, "R14", "Somebody was shown a mark that the log does not hold.", _KEEP),
    Code.STATEMENT_DROPPED: Kind(
        _V, "R14", "The registry signed a receipt for a statement that the log does not hold.", _KEEP
    ),
    Code.SUBJECT_NAMED: Kind(
        _N, "R15", "A mark was issued that names a watched number.", "If it is yours and unknown to you, report it."
    ),
    Code.SECOND_PERSON_MISSING: Kind(_V, "two persons", "The statement needs a second person and names none.", _TELL),
    Code.SECOND_PERSON_WRONG: Kind(
        _V, "two persons", "The second person is the first again, acts for another, or approved something else.", _TELL
    ),
    Code.ATTESTATION_REUSED: Kind(_V, "two persons", "A second person's token was used before.", _TELL),
    Code.MARK_DIFFERS: Kind(_V, "issuance", "Mark or QR seal tell another story than the entry that issues it.", _TELL),
    Code.EVALUATION_WRONG: Kind(
        _V, "issuance", "The attestation is for another mark, or evaluation and decision are out of order.", _TELL
    ),
    Code.CRITERIA_WRONG: Kind(_V, "issuance", "The criteria version or the tier is not a published one.", _TELL),
    Code.TECHNICAL_VERIFICATION_MISSING: Kind(
        _V, "issuance", "The tier needs a technical verification by a listed body.", _TELL
    ),
    Code.STATUS_PLACE_TAKEN: Kind(_V, "issuance", "The place in the status list belongs to another mark.", _TELL),
    Code.RULE_BROKEN: Kind(_V, "admission", "The entry breaks another rule of admission; the detail names it.", _TELL),
    Code.NEWER_VERIFIER_NEEDED: Kind(
        _W, "version", "The entry needs a newer verifier: it could not be judged.", "Update, then audit again."
    ),
}
