"""Vectors of names, identifiers, mark ids, tiers and calendar, and of commitments to what is not shown."""

from __future__ import annotations

from typing import Any

from registry.scenario.simulated_log import HOST
from tests.vectors.cases import Case, accepted, rejected, vector_file
from tests.vectors.token_vectors import DECIDER, MARK_ID, MISTYPED, NONCE
from verifier.dates import term_end
from verifier.encoding import b64u
from verifier.names import body_uri, log_origin
from verifier.statement.commitment import Disclosure, commit

# --- names and ids ---------------------------------------------------------------------------------------------------


def name_vectors() -> dict[str, Any]:
    """Return the content of names.json."""
    return vector_file(
        "names (URI), identifiers, mark ids as typed, tiers, terms (start, months, zone)",
        "docs/specification/names-and-ids.md; ISO/IEC 7064",
        [*_names(), *_bad_names(), *_identifiers(), *_mark_ids(), *_tiers(), *_terms()],
    )


NAMES = {
    "a body": ("e", "1001"),
    "an organisation": ("o", "0188-1180301018771"),
    "a sole proprietor": ("o", f"x-{MARK_ID}"),
    "a mark": ("m", MARK_ID),
    "a key": ("k", DECIDER.kid),
    "criteria": ("s", "jp.meti.scs/2026-03-27"),
    "an expert": ("x", "RISS-000123"),
    "an agreement": ("a", "jp-uk"),
    "a mapping": ("p", "jp-uk.1"),
    "a recognition": ("r", "jp-uk.7"),
    "evidence": ("v", "report-7"),
    "a notice": ("n", "2027-01"),
    "the trust root": ("trust", ""),
    "the directory": ("directory", ""),
    "the policy": ("policy", ""),
    "the log": ("log", ""),
}


def _names() -> list[Case]:
    cases = []
    for name, (kind, value) in NAMES.items():
        uri = f"https://{HOST}/{kind}" + (f"/{value}" if value else "")
        read = {"host": HOST, "kind": kind, "value": value}
        cases.append(accepted(name, {"kind": "name", "text": uri}, "one thing, one URI", read))
    return cases


def _bad_names() -> list[Case]:
    def case(name: str, uri: str, why: str) -> Case:
        return rejected(name, {"kind": "name", "text": uri}, why)

    here = f"https://{HOST}"
    return [
        case("http", f"http://{HOST}/e/1", "names are https"),
        case("a host in capitals", f"https://{HOST.upper()}/e/1", "hosts are lower case"),
        case("a host with a hyphen first", "https://-a.example/e/1", "hosts begin with a letter or digit"),
        case("a host with a dot last", "https://a.example./e/1", "hosts end with a letter or digit"),
        case("a host of 63 characters", f"https://{'a' * 63}/e/1", "hosts have at most 62 characters"),
        case("a host with an underscore", "https://a_b.example/e/1", "letters, digits, dots, hyphens"),
        case("a port", f"{here}:443/e/1", "no port"),
        case("a query", f"{here}/e/1?x", "no query"),
        case("a fragment", f"{here}/e/1#x", "no fragment"),
        case("an unknown kind", f"{here}/z/1", "the kinds are listed"),
        case("body 0", f"{here}/e/0", "numbers begin with 1"),
        case("a body with a leading zero", f"{here}/e/01", "no leading zeros"),
        case("a body in other digits", f"{here}/e/\u0661", "ASCII digits"),
        case("a mark with a wrong check symbol", f"{here}/m/{MISTYPED}", "the check symbol fits"),
        case("a mark in capitals", f"{here}/m/{MARK_ID.upper()}", "the canonical form is lower case"),
        case("a key that is no thumbprint", f"{here}/k/{DECIDER.kid[:-1]}", "a kid has 43 characters"),
        case("an organisation by bare digits", f"{here}/o/1180301018771", "identifiers stand in normal form"),
        case("an organisation with a T", f"{here}/o/0188-T1180301018771", "identifiers stand in normal form"),
        case("a sole proprietor in capitals", f"{here}/o/x-{MARK_ID.upper()}", "identifiers stand in normal form"),
        case("a sole proprietor with a wrong check symbol", f"{here}/o/x-{MISTYPED}", "the check symbol fits"),
        case("criteria without a version", f"{here}/s/jp.meti.scs", "scheme and version"),
        case("a scheme in capitals", f"{here}/s/JP.meti.scs/1", "schemes are lower case"),
        case("the directory with a value", f"{here}/directory/1", "there is one"),
        case("a dotted path", f"{here}/x/../e/1", "no path within a label"),
        case("a label that begins with a dot", f"{here}/x/.a", "labels begin with a letter or digit"),
        case("a line feed at the end", f"{here}/e/1\n", "nothing follows"),
    ]


GROUPED = "-".join(MARK_ID[at : at + 5] for at in range(0, 26, 5)).upper()
IDENTIFIERS = {
    "thirteen bare digits": ("1180301018771", "0188-1180301018771"),
    "a leading T": ("T1180301018771", "0188-1180301018771"),
    "fullwidth digits": ("１１８０３０１０１８７７１", "0188-1180301018771"),
    "a corporate number": ("0188-1180301018771", "0188-1180301018771"),
    "an LEI": ("0199-5493001KJTIIGC8Y1R12", "0199-5493001KJTIIGC8Y1R12"),
    "an LEI in lower case": ("0199-5493001kjtiigc8y1r12", "0199-5493001KJTIIGC8Y1R12"),
    "a D-U-N-S number": ("0060-150483782", "0060-150483782"),
    "a D-U-N-S number with hyphens": ("0060-15-048-3782", "0060-150483782"),
    "a UEN": ("0195-197401143C", "0195-197401143C"),
    "a UK company": ("uk-01234567", "uk-01234567"),
    "a UK company without its zero": ("uk-1234567", "uk-01234567"),
    "a Scottish company": ("uk-sc123456", "uk-SC123456"),
    "a UEI": ("uei-J6M1LX2K3N45", "uei-J6M1LX2K3N45"),
    "a sole proprietor's number": (f"x-{MARK_ID}", f"x-{MARK_ID}"),
    "a sole proprietor as printed": (f"X-{GROUPED}", f"x-{MARK_ID}"),
    "an EUID": ("euid-DEK1101R.HRB116737", "euid-DEK1101R.HRB116737"),
}


def _identifiers() -> list[Case]:
    def case(name: str, text: str, why: str) -> Case:
        return rejected(name, {"kind": "identifier", "text": text}, why)

    good = [
        accepted(name, {"kind": "identifier", "text": typed}, "read into its normal form", {"identifier": normal})
        for name, (typed, normal) in IDENTIFIERS.items()
    ]
    return [
        *good,
        case("a wrong check digit", "0188-2180301018771", "the check digit fits"),
        case("twelve digits", "0188-118030101877", "thirteen digits"),
        case("a number that a spreadsheet wrote", "1.1803E+12", "thirteen digits"),
        case("an LEI with wrong check digits", "0199-5493001KJTIIGC8Y1R13", "the check digits fit"),
        case("an LEI of 19 characters", "0199-5493001KJTIIGC8Y1R1", "twenty characters"),
        case("a D-U-N-S number of eight digits", "0060-15048378", "nine digits"),
        case("a UEN with a wrong letter", "0195-197401143D", "the check letter fits"),
        case("a UK company of nine digits", "uk-123456789", "eight characters"),
        case("a UEI with an O", "uei-O6M1LX2K3N45", "no I and no O"),
        case("a sole proprietor's number with a wrong symbol", f"x-{MISTYPED}", "the check symbol fits"),
        case("a sole proprietor of 25 symbols", f"x-{MARK_ID[:-1]}", "26 symbols"),
        case("an EUID without a register", "euid-DE.1", "country, register, number"),
        case("an unknown register", "9999-1", "the registers are listed"),
        case("no register", "-1", "the registers are listed"),
        case("a name", "株式会社サンプル精機", "a code and a value"),
    ]


def _mark_ids() -> list[Case]:
    with_zero = "0" * 25
    zeros = next(with_zero + last for last in "0123456789abcdefghjkmnpqrstvwxyz" if _fits(with_zero + last))

    def good(name: str, typed: str, read: str, why: str) -> Case:
        return accepted(name, {"kind": "mark_id", "text": typed}, why, {"id": read})

    def case(name: str, typed: str, why: str) -> Case:
        return rejected(name, {"kind": "mark_id", "text": typed}, why)

    swapped = MARK_ID[1] + MARK_ID[0] + MARK_ID[2:]
    return [
        good("an id", MARK_ID, MARK_ID, "25 symbols and the check symbol"),
        good("an id as printed", f" {GROUPED} ", MARK_ID, "case, hyphens and spaces do not count"),
        good("O for 0", zeros.replace("0", "O"), zeros, "O is read as 0"),
        good("I and L for 1", MARK_ID.replace("1", "I", 1).replace("1", "l"), MARK_ID, "I and L are read as 1"),
        case("a wrong symbol", MISTYPED, "the check symbol fits"),
        case("two symbols exchanged", swapped, "the check symbol fits"),
        case("25 symbols", MARK_ID[:-1], "26 symbols"),
        case("27 symbols", MARK_ID + "0", "26 symbols"),
        case("a U", "u" + MARK_ID[1:], "U is no symbol"),
        case("nothing", "", "26 symbols"),
    ]


def _fits(text: str) -> bool:
    """Say by the standard's own arithmetic whether the check symbol fits (ISO/IEC 7064, hybrid system MOD 33,32)."""
    alphabet, product = "0123456789abcdefghjkmnpqrstvwxyz", 32
    for symbol in text[:-1]:
        total = (product + alphabet.index(symbol)) % 32 or 32
        product = total * 2 % 33
    return (product + alphabet.index(text[-1])) % 32 == 1


def _tiers() -> list[Case]:
    def case(name: str, text: str, why: str) -> Case:
        return rejected(name, {"kind": "tier", "text": text}, why)

    three = {"scheme": "jp.meti.scs", "level": 3}
    return [
        accepted("a tier", {"kind": "tier", "text": "jp.meti.scs/3"}, "scheme and level", three),
        case("level 0", "jp.meti.scs/0", "levels are 1 to 9"),
        case("level 10", "jp.meti.scs/10", "levels are 1 to 9"),
        case("no level", "jp.meti.scs", "scheme and level"),
        case("a scheme with an underscore", "jp_meti/3", "letters, digits, dots, hyphens"),
    ]


def _terms() -> list[Case]:
    def case(name: str, start: int, months: int, zone: str, why: str) -> Case:
        given = {"kind": "term", "start": start, "months": months, "zone": zone}
        return accepted(name, given, why, {"ends": term_end(start, months, zone)})

    new_year, leap_day, autumn = 1_798_729_200, 1_835_362_800, 1_788_217_200
    return [
        case("a year in Tokyo", new_year, 12, "Asia/Tokyo", "00:00 of the same day"),
        case("three years in Tokyo", new_year, 36, "Asia/Tokyo", "00:00 of the same day"),
        case("a year from 29 February", leap_day, 12, "Asia/Tokyo", "the month's last day where it lacks the day"),
        case("half a year in London", autumn, 6, "Europe/London", "the zone's own midnight, summer time or not"),
        case("a year from noon", new_year + 43_200, 12, "Asia/Tokyo", "a term ends at 00:00"),
    ]


# --- commitments -----------------------------------------------------------------------------------------------------


def commitment_vectors() -> dict[str, Any]:
    """Return the content of commitment.json."""
    log, object_ = log_origin(HOST), body_uri(HOST, 7)
    opened = Disclosure(NONCE, "name", "見本評価機構")
    right = commit(log=log, object=object_, disclosure=opened)
    decoys = [b64u(bytes([at] * 32)) for at in range(1, 4)]

    def given(**changes: Any) -> dict[str, Any]:
        base = {"log": log, "object": object_, "disclosure": opened.members(), "sd": sorted([right, *decoys])}
        return base | changes

    def opening(name: str, why: str, /, *, error: str = "refused", **members: Any) -> Case:
        changed = {key: value for key, value in (opened.members() | members).items() if value is not ...}
        return rejected(name, given(disclosure=changed), why, error=error)

    return vector_file(
        "salted commitment, and the disclosure that opens it",
        "docs/specification/statement.md#commitments",
        [
            accepted("a disclosure", given(), "it opens one of the commitments", {"commitment": right}),
            rejected("of another object", given(object=body_uri(HOST, 8)), "the object is committed to"),
            rejected("in another log", given(log="other.example/log"), "the log is committed to"),
            rejected("without its commitment", given(sd=decoys), "the statement committed to it"),
            opening("another value", "the value is committed to", value="別の機構"),
            opening("another name", "the name is committed to", name="title"),
            opening("another salt", "the salt is committed to", salt="A" * 22),
            opening("another form of the value", "text is not normalised", value="見本評価機構 "),
            opening("a short salt", "a salt has 128 bits", salt="A" * 21),
            opening("no salt", "the member is required", salt=...),
            opening("a value that is no text", "values are text", value=7),
            opening("a value of 401 characters", "at most 400 characters", value="あ" * 401),
            opening("a name of 41 characters", "at most 40 characters", name="n" * 41),
            opening("an unknown member", "never skipped", error="newer", later=1),
        ],
    )
