"""Authentication profiles: the file is closed, its faults are named, and what it yields goes into a decision."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from recognition.authenticate.command import read_profile
from recognition.authenticate.profile_lint import profile_faults
from recognition.authenticate.scheme_profile import parse_profile
from recognition.authenticate.signed_token import StatusEvidence, authenticate_token
from recognition.decide import decide
from recognition.decision import Verdict
from recognition.shipped import load_scheme
from tests.authenticate.foreign import (
    ANSWER_CLAIMS,
    CLAIMS,
    DAY,
    SCHEME,
    certificate_claims,
    make_key,
    profile_text,
    sign,
    status_token,
)
from tests.recognition import worlds
from verifier.edge.main import run
from verifier.errors import EvidenceError, MalformedError, WrongUseError

KEY = make_key("ES256")
GOOD = profile_text(KEY)
LOOK_UP = '[look_up]\naddress = "https://o.example/c/{certificate}"\nissuer = "operator"\n'


def test_a_good_profile_is_read_and_pinned() -> None:
    profile = parse_profile(GOOD.encode())
    assert profile.issuer("operator").keys.keys() == {KEY.kid}
    assert profile.digest != parse_profile((GOOD + "\n").encode()).digest


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD.replace('zone = "Europe/London"', 'zone = "Mars/Base"'), id="zone"),
        pytest.param(GOOD + "surprise = 1\n", id="unknown member"),
        pytest.param(GOOD.replace('alg = "ES256"', 'alg = "HS256"'), id="HS256"),
        pytest.param(GOOD.replace('alg = "ES256"', 'alg = "none"'), id="none"),
        pytest.param(GOOD.replace('alg = "ES256"', 'alg = "ES384"'), id="another algorithm"),
        pytest.param(GOOD.replace('crv = "P-256"', 'crv = "P-256", d = "AAAA"'), id="private key"),
        pytest.param(profile_text(KEY, KEY), id="a kid twice"),
        pytest.param(profile_text(), id="tokens without keys"),
        pytest.param(GOOD.replace("certificate+jwt", "statuslist+jwt"), id="reserved type"),
        pytest.param(GOOD.replace("certificate+jwt", "kb+jwt"), id="another reserved type"),
        pytest.param(profile_text(KEY, claims=CLAIMS + 'status = { at = "/s" }\n'), id="two places for the state"),
        pytest.param(profile_text(KEY, claims=CLAIMS.replace('"/no"', '"no"')), id="no pointer"),
        pytest.param(
            profile_text(KEY, claims=CLAIMS + 'basis = { at = "/b", fixed = "evaluation" }\n'), id="place and fixed"
        ),
        pytest.param(profile_text(KEY, claims=CLAIMS + "basis = {}\n"), id="neither"),
        pytest.param(
            GOOD + f'[[issuers]]\nid = "operator"\niss = "https://other.example"\n{LOOK_UP}', id="issuer twice"
        ),
        pytest.param(GOOD + LOOK_UP.replace("operator", "somebody"), id="look-up of a stranger"),
        pytest.param(GOOD + LOOK_UP.replace("/{certificate}", ""), id="no place for the number"),
        pytest.param(
            GOOD + LOOK_UP.replace("o.example/c/{certificate}", "{certificate}.example/"), id="number in the host"
        ),
        pytest.param(GOOD + LOOK_UP.replace("https:", "ftp:"), id="ftp"),
        pytest.param(GOOD + LOOK_UP + "fresh_seconds = 99999999\n", id="fresh for years"),
        pytest.param(profile_text(KEY, claims=CLAIMS.replace('number = { at = "/no" }', "")) + LOOK_UP, id="no number"),
        pytest.param("scheme = ", id="no TOML"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_profile_outside_the_rules_is_refused(text: str) -> None:
    with pytest.raises(EvidenceError):
        parse_profile(text.encode())


def test_a_fault_names_its_member() -> None:
    with pytest.raises(MalformedError, match=r"authentication\.toml.*zone"):
        parse_profile(GOOD.replace("Europe/London", "Mars/Base").encode())


def test_a_profile_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError, match="missing"):
        read_profile(tmp_path / "authentication.toml")


def test_every_profile_in_the_documentation_is_one() -> None:
    docs = Path(__file__).parents[2] / "docs"
    pages = [docs / "how-to/connect-a-foreign-registry.md", docs / "specification/foreign-certificates.md"]
    blocks = [block for page in pages for block in re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)]
    assert len(blocks) >= 1
    for block in blocks:
        assert parse_profile(block.encode()).scheme


def test_an_authenticated_certificate_is_recognised_and_a_stated_or_withdrawn_one_is_not() -> None:
    text = GOOD.replace(SCHEME, "foreign").replace('id = "operator"', 'id = "issuer"')
    lists = {value: status_token([value] * 16, KEY, iat=worlds.NOW - 60, exp=worlds.NOW + DAY) for value in (0, 1)}
    found = {
        value: authenticate_token(
            sign(certificate_claims(), KEY),
            parse_profile(text.encode()),
            now=worlds.NOW,
            status=StatusEvidence(compact, worlds.NOW),
        ).certificate
        for value, compact in lists.items()
    }
    verdicts = [
        decide(worlds.question(certificate=certificate)).verdict
        for certificate in (found[0], found[0].model_copy(update={"evidence": "stated"}), found[1])
    ]
    assert verdicts == [Verdict.RECOGNISED, Verdict.UNDECIDED, Verdict.NOT_RECOGNISED]


def test_recommended_answers_and_the_tests_own_agree() -> None:
    pointers = set(re.findall(r'at = "(/[a-z_]+)"', ANSWER_CLAIMS))
    recommended = read_profile(None).head.claims
    read = {getattr(recommended, name).at for name in type(recommended).model_fields if getattr(recommended, name)}
    assert pointers == read - {None}


PARTNER = """
scheme = "example.partner-scheme"
zone = "Asia/Tokyo"

[claims]
number = { at = "/no" }
level = { at = "/level", words = { A = "declared", B = "reviewed", C = "tested" } }
version = { at = "/version", words = { "25" = "2025", "26" = "2026" } }
holder = { at = "/holder" }
issued = { at = "/issued", form = "day" }
expires = { at = "/until", form = "last_day" }
status = { at = "/state", words = { on = "active", off = "revoked" } }

[[issuers]]
id = "example-partner"
iss = "https://partner.example"
"""


def test_a_profile_that_fits_its_scheme_has_nothing_to_complain_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.toml").write_text(PARTNER, "utf-8")
    assert run(["adapter", "lint", str(tmp_path / "p.toml")]) == 0
    assert "nothing to complain" in capsys.readouterr().out
    (tmp_path / "p.toml").write_text(GOOD, "utf-8")
    assert run(["adapter", "lint", str(tmp_path / "p.toml")]) == 0
    assert "not in the catalogue" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('B = "reviewed"', 'B = "gold"', "level 'gold'"),
        ('"26" = "2026"', '"26" = "2031"', "version '2031'"),
        ('on = "active"', 'on = "valid"', "state 'valid'"),
        ("Asia/Tokyo", "Europe/London", "days in Europe/London"),
    ],
)
def test_a_profile_that_does_not_fit_its_scheme_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    (tmp_path / "p.toml").write_text(PARTNER.replace(old, new), "utf-8")
    assert run(["adapter", "lint", str(tmp_path / "p.toml")]) == 1
    assert words in capsys.readouterr().out


def test_words_of_a_status_list_have_to_be_the_schemes_too() -> None:
    words = '[token]\ntyp = "certificate+jwt"\nstatus_list = true\nstatus_words = { "0" = "fine" }\n'
    key = profile_text(KEY).split("[[issuers.keys]]")[1].split("[token]")[0]
    text = PARTNER.replace('status = { at = "/state", words = { on = "active", off = "revoked" } }\n', "")
    profile = parse_profile(f"{text}[[issuers.keys]]{key}{words}".encode())
    assert profile_faults(profile, load_scheme("example.partner-scheme")) == ("state 'fine' is no word of the scheme",)
    other = load_scheme("uk.ncsc.cyber-essentials")
    assert len(profile_faults(profile, other)) == 1
