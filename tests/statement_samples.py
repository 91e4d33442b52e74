"""A public part of every type of statement, with all the members that it can have."""

from __future__ import annotations

from typing import Any

from registry.scenario.simulated_log import HOST
from registry.scenario.simulator import TIERS
from verifier.encoding import digest
from verifier.injected import seeded_entropy
from verifier.markid import new_mark_id
from verifier.signer import SoftwareSigner

SIGNER = SoftwareSigner.generate(seeded_entropy("statement"))
DIGEST, MARK, KID = digest(b"x"), new_mark_id(seeded_entropy("mark")), SIGNER.kid
WINDOW = {"from": 1, "until": 2}
ROW = {"scheme": "jp.meti.scs", "level": 3, "criteria_sha256": DIGEST}

# For each type: its object's path, and the public part with all members that it can have.
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "trust_root.published": ("trust", {"version": 1, "sha256": DIGEST}),
    "scheme.published": (
        "s/jp.meti.scs/1", {"scheme": "jp.meti.scs", "version": "1", "sha256": DIGEST, "tiers": TIERS},
    ),
    "body.accredited": (
        "e/1",
        {
            "no": 1, "role": "evaluation", "identifier": "0188-1", "scope": [ROW],
            "operates": ["uk.ncsc.cyber-essentials"], **WINDOW,
        },
    ),
    "body.amended": ("e/1", {"scope": [ROW], **WINDOW}),
    "body.suspended": ("e/1", {"reason": "urgent"}),
    "body.reinstated": ("e/1", {}),
    "body.withdrawn": ("e/1", {"reason": "cause"}),
    "expert.listed": ("x/1", {"register": "riss", **WINDOW}),
    "expert.delisted": ("x/1", {"reason": "request"}),
    "key.added": (
        f"k/{KID}",
        {
            "jwk": SIGNER.jwk, "kid": KID, "body": f"https://{HOST}/e/1", "role": "desk", "holder": "h", "no": 1,
            "proof": DIGEST,
        },
    ),
    "key.retired": (f"k/{KID}", {}),
    "key.revoked": (f"k/{KID}", {"reason": "compromised", "cutoff_index": 0}),
    "declaration.registered": (
        "o/0188-1180301018771",
        {
            "scheme": "jp.ipa.sa", "level": 1, "criteria_sha256": DIGEST,
            "sub": f"https://{HOST}/o/0188-1180301018771", "nbf": 1, "exp": 2,
        },
    ),
    "declaration.stopped": ("o/0188-1180301018771", {"scheme": "jp.ipa.sa", "reason": "request"}),
    "mark.issued": (
        f"m/{MARK}",
        {
            "scheme": "jp.meti.scs", "tier": 3, "criteria_sha256": DIGEST, "sub": f"https://{HOST}/o/0188-1180301018771",
            "scope_kind": "company", "covered": [], "nbf": 1, "exp": 2, "mark_sha256": DIGEST, "seal_sha256": DIGEST,
            "status": {"list": 1, "idx": 0}, "supersedes": MARK,
        },
    ),
    "mark.corrected": (f"m/{MARK}", {"mark_sha256": DIGEST, "seal_sha256": DIGEST}),
    "mark.suspended": (f"m/{MARK}", {"reason": "nonconformity", "lift_by": 2}),
    "mark.reinstated": (f"m/{MARK}", {}),
    "mark.scope_changed": (f"m/{MARK}", {"successor": MARK}),
    "mark.superseded": (f"m/{MARK}", {"successor": MARK}),
    "mark.withdrawn": (f"m/{MARK}", {"reason": "fraud"}),
    "mark.cancelled": (f"m/{MARK}", {}),
    "mark.annulled": (f"m/{MARK}", {"reason": "fraud"}),
    "annual_report.filed": (f"m/{MARK}", {"due": 1}),
    "duty.extended": (f"m/{MARK}", {"duty": "annual_report", "until": 1}),
    "mapping.published": ("p/jp-uk", {"version": "1", "sha256": DIGEST, "status": "draft"}),
    "agreement.proposed": (
        "a/jp-uk", {"version": 1, "sha256": DIGEST, "scheme": "uk.ncsc.cyber-essentials", "kind": "bilateral"},
    ),
    "agreement.announced": (
        "a/jp-uk", {"version": 1, "sha256": DIGEST, "scheme": "uk.ncsc.cyber-essentials", "kind": "unilateral"},
    ),
    "agreement.declined": ("a/jp-uk", {"reason": "not_equivalent"}),
    "agreement.in_force": (
        "a/jp-uk",
        {
            "version": 1, "sha256": DIGEST, "kind": "bilateral", "effective": 1, "legal_sha256": DIGEST,
            "issuer": "iasme",
        },
    ),
    "agreement.suspended": (
        "a/jp-uk", {"reason": "integrity", "existing": "stop_now", "effective": 1, "mapping": DIGEST},
    ),
    "agreement.terminated": (
        "a/jp-uk", {"reason": "administrative", "existing": "keep_until", "effective": 1, "until": 2},
    ),
    "recognition.recorded": (
        "r/1",
        {
            "agreement": f"https://{HOST}/a/jp-uk", "scheme": "jp.meti.scs", "tier": 3,
            "sub": f"https://{HOST}/o/0188-1180301018771", "until": 2, "receipt_sha256": DIGEST,
        },
    ),
    "recognition.ended": ("r/1", {"reason": "expired"}),
    "evidence.sealed": ("v/1", {"manifest_sha256": DIGEST, "kind": "plan"}),
    "notice.published": ("n/1", {"kind": "incident", "sha256": DIGEST}),
    "policy.changed": ("policy", {"version": 1, "sha256": DIGEST}),
    "disclosure.erased": ("o/0188-1180301018771", {"commitment": DIGEST}),
    "directory.published": (
        "directory", {"size": 1, "bits": 0, "root": DIGEST, "files": [{"uri": "directory/1/index", "sha256": DIGEST}]},
    ),
    "log.key_rotated": ("log", {"vkey": "shirushi.example/log+00000000+AAAA"}),
    "log.closed": ("log", {"successor": "other.example/log"}),
}  # fmt: skip
