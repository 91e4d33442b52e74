"""SD-JWT VC: what a holder chose to show, bound to the holder's key where that is demanded, and the attacks on it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.authenticate.scheme_profile import parse_profile
from recognition.authenticate.sd_jwt import disclosed, read_sd_jwt
from recognition.authenticate.sd_jwt_vc import Binding, authenticate_sd_jwt
from recognition.authenticate.signed_token import StatusEvidence, authenticate_token
from tests.authenticate.foreign import (
    CLAIMS,
    DAY,
    NOW,
    certificate_claims,
    make_key,
    make_profile,
    profile_text,
    sign,
    status_token,
)
from verifier.encoding import b64u
from verifier.errors import EnvelopeError, EvidenceError, KeyRefusedError, MalformedError, SignatureError, WrongUseError

KEY, HOLDERS = make_key("ES256"), make_key("EdDSA", "holder")
VCT = "https://certs.partner.example/credential"
TOKEN = '[token]\ntyp = "dc+sd-jwt"\nvct = "' + VCT + '"\nstatus_list = true\nstatus_words = { "0" = "valid" }\n'
PROFILE = make_profile(token=TOKEN)
BINDING = Binding("n-0S6_WzA2Mj", "https://home.example")


def disclosure(*parts: Any) -> str:
    return b64u(json.dumps(list(parts)).encode())


def hashed(text: str, name: str = "sha256") -> str:
    return b64u(hashlib.new(name, text.encode()).digest())


LEVEL = disclosure("salt1", "cert", {"level": "Level 2", "version": "1", "issued": "2026-10-23", "last": "2027-08-28"})
TAG = disclosure("salt2", "it")
HIDDEN_TAG = disclosure("salt3", "ot")
DECOY = hashed("nothing")


def payload(**changes: Any) -> dict[str, Any]:
    return certificate_claims(
        **{
            "vct": VCT,
            "cert": None,
            "_sd": [hashed(LEVEL), DECOY],
            "_sd_alg": "sha-256",
            "scope": {"kind": "whole", "tags": [{"...": hashed(TAG)}, {"...": hashed(HIDDEN_TAG)}]},
            "cnf": {"jwk": HOLDERS.jwk},
            **changes,
        }
    )


def presentation(*disclosures: str, binding: str = "", **changes: Any) -> str:
    return "~".join([sign(payload(**changes), KEY, typ="dc+sd-jwt"), *(disclosures or (LEVEL, TAG)), binding])


def bound(start: str, key: Any = HOLDERS, *, typ: str = "kb+jwt", **changes: Any) -> str:
    claims = {"iat": NOW, "aud": BINDING.audience, "nonce": BINDING.nonce, "sd_hash": hashed(start), **changes}
    return start + sign({name: value for name, value in claims.items() if value is not None}, key, typ=typ)


def authenticate(compact: str, **arguments: Any) -> Any:
    return authenticate_sd_jwt(compact, arguments.pop("profile", PROFILE), now=NOW, **arguments)


def test_what_the_holder_shows_becomes_the_certificate() -> None:
    found = authenticate(presentation())
    assert (found.certificate.level, found.certificate.scope_tags) == ("checked", ("it",))
    assert (found.record.method, found.record.warnings) == ("sd_jwt_vc", ("holder_not_bound", "status_unknown"))


def test_a_bound_presentation_passes_with_its_state() -> None:
    status = StatusEvidence(status_token([0] * 16, KEY), NOW)
    found = authenticate(bound(presentation()), binding=BINDING, status=status)
    assert (found.certificate.status, found.record.assurance, found.record.warnings) == ("valid", "high", ())
    assert "key_binding" in {check.name for check in found.record.checks if check.result == "passed"}


@pytest.mark.parametrize(("name", "algorithm"), [("sha-384", "sha384"), ("sha-512", "sha512")])
def test_other_hashes_of_the_specification_are_read(name: str, algorithm: str) -> None:
    changes = {"_sd_alg": name, "_sd": [hashed(LEVEL, algorithm)], "scope": {"kind": "whole", "tags": []}}
    assert authenticate(presentation(LEVEL, **changes)).certificate.level == "checked"


@pytest.mark.parametrize("name", ["md5", "sha-1", "", 5, [], None.__class__.__name__])
def test_a_weak_or_unknown_hash_is_refused(name: Any) -> None:
    with pytest.raises(EnvelopeError, match="hash"):
        authenticate(presentation(_sd_alg=name))


def test_a_fact_that_is_not_shown_is_missing_and_not_guessed() -> None:
    with pytest.raises(EvidenceError, match="level"):
        authenticate(presentation(TAG))


def test_exclusions_cannot_be_optional_where_the_holder_chooses() -> None:
    claims = CLAIMS.replace(
        'excluded_controls = { at = "/excluded" }', 'excluded_controls = { at = "/excluded", optional = true }'
    )
    with pytest.raises(MalformedError, match="holder chooses"):
        parse_profile(profile_text(KEY, claims=claims, token=TOKEN).encode())


def test_an_issuers_part_alone_is_no_plain_token() -> None:
    with pytest.raises(WrongUseError, match="SD-JWT VC"):
        authenticate_token(sign(payload(), KEY, typ="dc+sd-jwt"), PROFILE, now=NOW)


INNER = disclosure("s", "level", "Level 2")
OUTER = disclosure("s", "cert", {"_sd": [hashed(INNER)], "version": "1", "issued": "2026-10-23", "last": "2027-08-28"})


def test_a_disclosure_inside_a_disclosure_is_found() -> None:
    assert authenticate(presentation(OUTER, INNER, TAG, _sd=[hashed(OUTER)])).certificate.level == "checked"


@pytest.mark.parametrize(
    ("disclosures", "changes", "words"),
    [
        pytest.param((LEVEL, TAG, LEVEL), {}, "disclosure stands there twice", id="the same disclosure twice"),
        pytest.param(
            (LEVEL, TAG, disclosure("s", "status", "valid")), {}, "no digest", id="a disclosure nobody asked for"
        ),
        pytest.param(
            (LEVEL, TAG),
            {"_sd": [hashed(LEVEL), hashed(LEVEL)]},
            "digest of a disclosure stands there twice",
            id="a digest twice",
        ),
        pytest.param(
            (LEVEL, TAG),
            {"more": {"_sd": [hashed(LEVEL)]}},
            "digest of a disclosure stands there twice",
            id="a digest twice, elsewhere",
        ),
        pytest.param((LEVEL, TAG), {"_sd": "x"}, "_sd is not a list", id="digests as text"),
        pytest.param((LEVEL, TAG), {"_sd": [5]}, "digest of a disclosure is not a text", id="digest as number"),
        pytest.param((LEVEL, TAG), {"cert": {"level": "Level 1"}}, "overwrites", id="overwriting a member"),
        pytest.param(
            (TAG, x := disclosure("s", "_sd", [])), {"_sd": [hashed(x)]}, "control member", id="disclosing _sd"
        ),
        pytest.param(
            (TAG, y := disclosure("s", "...", "z")), {"_sd": [hashed(y)]}, "control member", id="disclosing dots"
        ),
        pytest.param((LEVEL, TAG), {"...": "z"}, "outside a list", id="dots outside a list"),
        pytest.param(
            (TAG, z := disclosure("s", "v")),
            {"_sd": [hashed(z)]},
            "element of a list is disclosed as a member",
            id="an element as a member",
        ),
        pytest.param(
            (LEVEL,),
            {"scope": {"kind": "whole", "tags": [{"...": hashed(LEVEL)}]}, "_sd": []},
            "member is disclosed as an element",
            id="a member as an element",
        ),
        pytest.param(
            (LEVEL, TAG),
            {"scope": {"kind": "whole", "tags": [{"...": hashed(TAG), "a": 1}]}},
            "placeholder",
            id="placeholder with more",
        ),
        pytest.param(
            (b64u(b"{}"), TAG), {"_sd": [hashed(b64u(b"{}"))]}, "list of salt", id="a disclosure that is an object"
        ),
        pytest.param(
            (w := disclosure(1, "a", "b"), TAG), {"_sd": [hashed(w)]}, "list of salt", id="a salt that is a number"
        ),
        pytest.param(
            (v := disclosure("s", 1, "b"), TAG),
            {"_sd": [hashed(v)]},
            "name in a disclosure",
            id="a name that is a number",
        ),
        pytest.param((u := disclosure("s", "a", "b", "c"), TAG), {"_sd": [hashed(u)]}, "list of salt", id="four parts"),
        pytest.param(("!!", TAG), {"_sd": [hashed("!!")]}, "base64url", id="not base64url"),
        pytest.param((LEVEL, "", TAG), {}, "JSON", id="an empty disclosure"),
        pytest.param(tuple(disclosure("s", f"n{i}", 1) for i in range(101)), {}, "more than 100", id="too many"),
    ],
)
def test_disclosures_outside_the_rules_are_refused(
    disclosures: tuple[str, ...], changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(EvidenceError, match=words):
        authenticate(presentation(*disclosures, **changes))


@pytest.mark.parametrize("name", ["iss", "exp", "nbf", "cnf", "vct", "status", "aud"])
def test_members_that_decide_cannot_be_disclosed_selectively(name: str) -> None:
    value = {"exp": NOW + DAY, "nbf": NOW - DAY, "iss": "https://certs.partner.example", "vct": VCT}.get(name, "x")
    extra = disclosure("s", name, value)
    with pytest.raises(EvidenceError):
        authenticate(presentation(LEVEL, TAG, extra, **{name: None, "_sd": [hashed(LEVEL), hashed(extra)]}))


def test_a_changed_disclosure_is_asked_for_by_no_digest() -> None:
    forged = disclosure(
        "salt1", "cert", {"level": "Level 1", "version": "1", "issued": "2026-10-23", "last": "2027-08-28"}
    )
    with pytest.raises(MalformedError, match="no digest"):
        authenticate(presentation(forged, TAG))


@pytest.mark.parametrize("vct", ["https://other.example", None, 5])
def test_a_credential_of_another_type_is_refused(vct: Any) -> None:
    with pytest.raises(EnvelopeError, match="vct"):
        authenticate(presentation(vct=vct))


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "JWT", "certificate+jwt"])
def test_another_typ_is_refused(typ: str) -> None:
    compact = "~".join([sign(payload(), KEY, typ=typ), LEVEL, TAG, ""])
    with pytest.raises(EnvelopeError, match="type"):
        authenticate(compact)


START = presentation()
UNBOUND = {
    "no binding": START,
    "another nonce": bound(START, nonce="another"),
    "no nonce": bound(START, nonce=None),
    "nonce as number": bound(START, nonce=5),
    "another audience": bound(START, aud="https://thief.example"),
    "two audiences": bound(START, aud=[BINDING.audience, "https://thief.example"]),
    "other disclosures": bound(START, sd_hash=hashed(presentation(LEVEL))),
    "no hash": bound(START, sd_hash=None),
    "old": bound(START, iat=NOW - 601),
    "from the future": bound(START, iat=NOW + 121),
    "no date": bound(START, iat=None),
    "another type": bound(START, typ="JWT"),
    "a thief's key": bound(START, make_key("EdDSA", "thief")),
    "the issuer's key": bound(START, KEY),
}


@pytest.mark.parametrize("name", UNBOUND)
def test_a_presentation_that_is_not_bound_as_demanded_is_refused(name: str) -> None:
    with pytest.raises(EvidenceError):
        authenticate(UNBOUND[name], binding=BINDING)


def test_a_disclosure_that_was_taken_away_after_binding_is_noticed() -> None:
    compact = bound(presentation(LEVEL, TAG))
    with pytest.raises(EnvelopeError, match="sd_hash"):
        authenticate(compact.replace(f"~{TAG}", ""), binding=BINDING)


@pytest.mark.parametrize("cnf", [None, {}, {"jwk": None}, {"jwk": {"kty": "oct", "k": "AAAA"}}, "key"])
def test_a_credential_without_a_holders_key_cannot_be_bound(cnf: Any) -> None:
    with pytest.raises(KeyRefusedError):
        authenticate(bound(presentation(cnf=cnf)), binding=BINDING)


def test_a_scheme_that_demands_binding_is_not_checked_without() -> None:
    profile = make_profile(token=TOKEN + "key_binding = true\n")
    with pytest.raises(WrongUseError, match="demands"):
        authenticate(bound(START), profile=profile)
    assert authenticate(bound(START), profile=profile, binding=BINDING).certificate.level == "checked"


def test_an_issuers_signature_is_needed_all_the_same() -> None:
    thief = "~".join([sign(payload(), make_key("ES256", "thief"), typ="dc+sd-jwt", kid=KEY.kid), LEVEL, TAG, ""])
    with pytest.raises(SignatureError):
        authenticate(thief)


def test_disclosures_are_put_together_eight_deep_and_no_deeper() -> None:
    for depth, good in ((7, True), (8, False)):
        chain = [disclosure("s", "end", 1)]
        for _ in range(depth - 1):
            chain.append(disclosure("s", "in", {"_sd": [hashed(chain[-1])]}))
        compact = "~".join([sign({"_sd": [hashed(chain[-1])]}, KEY, typ="dc+sd-jwt"), *chain, ""])
        if good:
            assert "in" in disclosed(read_sd_jwt(compact, typ="dc+sd-jwt"))
        else:
            with pytest.raises(MalformedError, match="too deeply"):
                disclosed(read_sd_jwt(compact, typ="dc+sd-jwt"))


def test_a_hundred_disclosures_are_read_and_their_hash_is_not_among_the_facts() -> None:
    many = [disclosure(f"s{number}", f"n{number}", number) for number in range(100)]
    token = sign({"_sd": [hashed(one) for one in many], "_sd_alg": "sha-256"}, KEY, typ="dc+sd-jwt")
    facts = disclosed(read_sd_jwt("~".join([token, *many, ""]), typ="dc+sd-jwt"))
    assert facts == {f"n{number}": number for number in range(100)}


@pytest.mark.parametrize("text", ["☃~", "~" * 70_000, "a.b.c~☃"])
def test_a_presentation_is_measured_before_it_is_read(text: str) -> None:
    with pytest.raises(EnvelopeError, match="longer"):
        authenticate(text)


@pytest.mark.parametrize("text", ["", "~", "~~~", "a.b.c", "a.b.c~", "☃~", "~" * 70_000])
def test_text_that_is_no_presentation_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        authenticate(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text("ab"),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text("abc", min_size=1), x, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), JSON, min_size=1, max_size=5), st.data())
def test_showing_everything_gives_the_payload_back_and_showing_less_gives_less(
    facts: dict[str, Any], data: st.DataObject
) -> None:
    made = {name: disclosure(f"salt-{name}", name, value) for name, value in facts.items()}
    token = sign({"_sd": sorted(map(hashed, made.values())), "kept": 1}, KEY, typ="dc+sd-jwt")
    shown = data.draw(st.sets(st.sampled_from(sorted(made))))
    compact = "~".join([token, *(made[name] for name in shown), ""])
    assert disclosed(read_sd_jwt(compact, typ="dc+sd-jwt")) == {"kept": 1, **{name: facts[name] for name in shown}}


@pytest.mark.parametrize("iat", [NOW - 600, NOW, NOW + 120])
def test_the_bounds_of_a_binding_are_exact(iat: int) -> None:
    assert authenticate(bound(START, iat=iat), binding=BINDING).certificate.level == "checked"


@pytest.mark.parametrize("token", ['[token]\ntyp = "dc+sd-jwt"\n', f'[token]\ntyp = "JWT"\nvct = "{VCT}"\n'])
def test_a_scheme_without_a_type_of_credential_has_none(token: str) -> None:
    with pytest.raises(WrongUseError, match="no SD-JWT VC"):
        authenticate(presentation(), profile=make_profile(token=token))
