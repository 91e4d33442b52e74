"""A corpus of broken files: one good scheme and one good mapping, each broken in one way.

Each kind of fault says the file, the row and the code under which the linter has to name it.
"""

from __future__ import annotations

from dataclasses import dataclass

SCHEME = """id = "foreign"
zone = "Europe/London"
validity_months = 12
operator = "operator"
label = { ja = "制度", en = "Scheme" }
notice = { ja = "説明", en = "Notice" }

[[levels]]
id = "low"
label = { ja = "低", en = "Low" }
assurance = { assessor = "self", technical_test = "none" }

[[levels]]
id = "high"
label = { ja = "高", en = "High" }
assurance = { assessor = "accredited_body", technical_test = "hands_on" }

[[versions]]
id = "1"
name = "One"
first_day = 2025-04-01
last_day = { low = 2026-04-01 }

[[versions]]
id = "2"
name = "Two"
first_day = 2026-01-01

[[statuses]]
word = "valid"
means = "valid"

[[statuses]]
word = "withdrawn"
means = "invalid"

[[authentication]]
method = "manual_evidence"
note = { ja = "証拠", en = "Evidence" }

[[sources]]
title = "Where it was read"
url = "https://foreign.example/"
read_on = 2026-11-27
"""
STATEMENTS = "statement_id,theme,lowest_level,label_en\nS1,theme,low,One\nS2,theme,high,Two\nS3,theme,,Three\n"
HEAD = """id = "m"
status = "draft"
notice = { ja = "草案", en = "Draft" }

[source]
scheme = "foreign"
versions = ["1"]

[target]
scheme = "home"
version = "1"
"""
TABLE = """source_ids,target_id,relation,qualifier,note_en
S1,1-1,equal-to,,
S1 S2,1-2,superset-of,addressable:with-mfa,joint
S3,1-2,intersects-with,,in part
"""
KNOWN = {
    "foreign": {version: frozenset({"S1", "S2", "S3"}) for version in ("1", "2")},
    "home": {"1": frozenset({"1-1", "1-2"})},
}
GOOD_SCHEME = {"scheme.toml": SCHEME.encode(), "statements.csv": STATEMENTS.encode()}
GOOD_MAPPING = {"m.toml": HEAD.encode(), "m.csv": TABLE.encode()}


@dataclass(frozen=True)
class Fault:
    """Files that are broken in one way, and where the linter has to say so."""

    files: dict[str, bytes]
    file: str
    row: int
    code: str


def scheme_fault(old: str, new: str, file: str, row: int, code: str) -> Fault:
    """Return the good scheme with one text replaced."""
    assert old.encode() in GOOD_SCHEME[file], old
    return Fault({**GOOD_SCHEME, file: GOOD_SCHEME[file].replace(old.encode(), new.encode(), 1)}, file, row, code)


def head_fault(old: str, new: str, row: int, code: str) -> Fault:
    """Return the good mapping with one text of its head replaced."""
    assert old in HEAD, old
    return Fault({**GOOD_MAPPING, "m.toml": HEAD.replace(old, new, 1).encode()}, "m.toml", row, code)


def row_fault(line: str, code: str) -> Fault:
    """Return the good mapping with one more row, the fifth line of the table."""
    return Fault({**GOOD_MAPPING, "m.csv": f"{TABLE}{line}\n".encode()}, "m.csv", 5, code)


TOML, CSV = "scheme.toml", "statements.csv"
SCHEMES = {
    "the statements are missing": Fault({TOML: SCHEME.encode()}, TOML, 1, "scheme_files"),
    "a third file": Fault({**GOOD_SCHEME, "notes.txt": b""}, TOML, 1, "scheme_files"),
    "not TOML": scheme_fault('operator = "operator"', "operator = operator", TOML, 4, "toml"),
    "not UTF-8": Fault({**GOOD_SCHEME, TOML: b"\xff"}, TOML, 1, "text"),
    "an invisible character": scheme_fault("Where it", "Where\u200b it", TOML, 1, "text"),
    "a member of no format": scheme_fault("validity", 'grade = "A"\nvalidity', TOML, 3, "member_unknown"),
    "no operator": scheme_fault('operator = "operator"\n', "", TOML, 1, "member_missing"),
    "no such zone": scheme_fault("Europe/London", "Europe/Nowhere", TOML, 2, "member_value"),
    "a term of no months": scheme_fault("months = 12", "months = 0", TOML, 3, "member_value"),
    "a day as text": scheme_fault("first_day = 2026-01-01", 'first_day = "2026-01-01"', TOML, 27, "member_value"),
    "no label in Japanese": scheme_fault('{ ja = "低", en', "{ en", TOML, 10, "label_missing"),
    "an assessor of no kind": scheme_fault('assessor = "self"', 'assessor = "friend"', TOML, 11, "member_value"),
    "a status of no meaning": scheme_fault('means = "invalid"', 'means = "gone"', TOML, 35, "member_value"),
    "a way of no kind": scheme_fault("manual_evidence", "trust_us", TOML, 38, "member_value"),
    "an address without TLS": scheme_fault("https://foreign", "http://foreign", TOML, 43, "member_value"),
    "a level twice": scheme_fault('id = "high"', 'id = "low"', TOML, 14, "level_named_twice"),
    "a version twice": scheme_fault('id = "2"', 'id = "1"', TOML, 25, "version_named_twice"),
    "the end of a level that is none": scheme_fault("{ low =", "{ middle =", TOML, 22, "version_level_unknown"),
    "an end before the beginning": scheme_fault("low = 2026", "low = 2024", TOML, 22, "version_days_reversed"),
    "a status twice": scheme_fault('word = "withdrawn"', 'word = "valid"', TOML, 34, "status_named_twice"),
    "no status that means valid": scheme_fault('means = "valid"', 'means = "suspended"', TOML, 29, "status_none_valid"),
    "a way twice": scheme_fault(
        "[[sources]]",
        '[[authentication]]\nmethod = "manual_evidence"\nnote = { ja = "証拠", en = "Evidence" }\n\n[[sources]]',
        TOML,
        42,
        "authentication_twice",
    ),
    "tokens without an address of keys": scheme_fault(
        "manual_evidence", "signed_token", TOML, 38, "key_scheme_unbound"
    ),
    "a guideline that certifies": scheme_fault(
        "validity_months = 12", 'standing = "informative"', TOML, 8, "informative_certifies"
    ),
    "a level without a term": scheme_fault("validity_months = 12\n", "", TOML, 7, "validity_missing"),
    "an invented scheme that does not say so": scheme_fault(
        "validity", "synthetic = true\nvalidity", TOML, 7, "synthetic_unmarked"
    ),
    "statuses that are said to be left out": scheme_fault(
        "[[levels]]",
        '[omitted]\nstatuses = { ja = "不明", en = "Not known" }\n\n[[levels]]',
        TOML,
        9,
        "gap_filled",
    ),
    "a missing column": scheme_fault("theme,lowest_level,label_en", "theme,label", CSV, 1, "columns"),
    "a cell too many": scheme_fault("S2,theme,high,Two", "S2,theme,high,Two,2", CSV, 3, "cells"),
    "a quote that never ends": scheme_fault("high,Two", 'high,"Two', CSV, 1, "csv"),
    "a statement's id of another form": scheme_fault("S2,", "-S2,", CSV, 3, "statement_id_form"),
    "a statement twice": scheme_fault("S2,", "S1,", CSV, 3, "statement_twice"),
    "a statement without a theme": scheme_fault("S2,theme", "S2,", CSV, 3, "statement_bare"),
    "a statement of a level that is none": scheme_fault("theme,high", "theme,top", CSV, 3, "statement_level"),
}
SCHEMES["a doubt: levels from high to low"] = Fault(
    {
        **GOOD_SCHEME,
        TOML: SCHEME.replace('"self", technical_test = "none"', '"expert", technical_test = "none"', 1)
        .replace('"accredited_body", technical_test = "hands_on"', '"self", technical_test = "none"', 1)
        .encode(),
    },
    TOML,
    16,
    "level_weaker",
)
SCHEMES["a doubt: nothing is said of statuses"] = Fault(
    {
        **GOOD_SCHEME,
        TOML: (SCHEME[: SCHEME.index("[[statuses]]")] + SCHEME[SCHEME.index("[[authentication]]") :]).encode(),
    },
    TOML,
    1,
    "gap_unstated",
)
SCHEMES["a doubt: a source without a day"] = scheme_fault("read_on = 2026-11-27\n", "", TOML, 41, "source_undated")
SCHEMES["a certification of no level"] = Fault(
    {
        TOML: (SCHEME[: SCHEME.index("[[levels]]")] + SCHEME[SCHEME.index("[[versions]]") :])
        .replace("last_day = { low = 2026-04-01 }\n", "")
        .encode(),
        CSV: STATEMENTS.replace(",low,", ",,").replace(",high,", ",,").encode(),
    },
    TOML,
    1,
    "level_none",
)

MAPPINGS = {
    "half a pair": Fault({"m.toml": HEAD.encode()}, "m.toml", 1, "mapping_files"),
    "a head that is not TOML": head_fault('status = "draft"', "status = draft", 2, "toml"),
    "a strength of relation": head_fault("status", "strength = 5\nstatus", 2, "member_unknown"),
    "a status of its own": head_fault('status = "draft"', 'status = "official"', 2, "member_value"),
    "no versions": head_fault('["1"]', "[]", 7, "member_value"),
    "a scheme that nobody has": head_fault('scheme = "foreign"', 'scheme = "elsewhere"', 6, "scheme_not_at_hand"),
    "a home scheme that nobody has": head_fault('scheme = "home"', 'scheme = "elsewhere"', 10, "scheme_not_at_hand"),
    "a version that the scheme has not": head_fault('["1"]', '["9"]', 7, "source_version"),
    "criteria of a version that is none": head_fault('version = "1"', 'version = "9"', 11, "source_version"),
    "a version twice": head_fault('["1"]', '["1", "1"]', 7, "source_version_twice"),
    "a scheme onto itself": head_fault('scheme = "home"', 'scheme = "foreign"', 10, "scheme_onto_itself"),
    "a draft that does not say so": head_fault(
        'ja = "草案", en = "Draft"', 'ja = "公式", en = "Final"', 3, "draft_unmarked"
    ),
    "an id that is not the file's name": head_fault('id = "m"', 'id = "n"', 1, "name_differs"),
    "a relation of no vocabulary": row_fault("S3,1-1,banana,,", "relation_unknown"),
    "no source": row_fault(",1-1,equal-to,,", "row_sourceless"),
    "a source twice": row_fault("S3 S3,1-1,equal-to,,", "row_source_twice"),
    "a source that dangles": row_fault("S9,1-1,equal-to,,", "row_source_unknown"),
    "a target that dangles": row_fault("S3,9-9,equal-to,,", "row_target_unknown"),
    "a row twice": row_fault("S1,1-1,equal-to,,", "row_twice"),
    "a pair with two relations": row_fault("S1,1-1,subset-of,,", "row_twice"),
    "a pair denied and granted": row_fault("S1 S3,1-1,no-relationship,,", "row_contradicts"),
    "a pair blocked and granted": row_fault("S1 S3,1-1,intersects-with,blocked,", "row_contradicts"),
    "a qualifier of no vocabulary": row_fault("S3,1-1,subset-of,maybe,", "qualifier_unknown"),
    "a condition without a name": row_fault("S3,1-1,equal-to,addressable,", "condition_missing"),
    "a condition's name of another form": row_fault("S3,1-1,equal-to,addressable:a b,", "condition_form"),
    "a condition on what is restricted": row_fault("S3,1-1,equal-to,restricted:x,", "condition_surplus"),
    "a qualifier of no relationship": row_fault("S3,1-1,no-relationship,restricted,", "qualifier_denied"),
    "a row of too few cells": row_fault("S3,1-1,equal-to", "cells"),
    "a doubt: a qualifier that changes nothing": row_fault("S3,1-1,subset-of,restricted,", "qualifier_pointless"),
    "a doubt: a joint row that one source makes needless": row_fault("S1 S3,1-1,superset-of,,", "row_redundant"),
    "a doubt: one control equal to two criteria": row_fault("S1,1-2,equal-to,,", "equal_to_two"),
    "a doubt: nothing is ever recognised": Fault(
        {
            **GOOD_MAPPING,
            "m.csv": b"source_ids,target_id,relation,note_en\nS1,1-1,subset-of,\nS1,1-2,intersects-with,\n",
        },
        "m.csv",
        1,
        "never_recognises",
    ),
    "a doubt: a criterion of which nothing is said": Fault(
        {**GOOD_MAPPING, "m.csv": b"source_ids,target_id,relation,note_en\nS1,1-1,equal-to,\n"},
        "m.csv",
        1,
        "targets_silent",
    ),
}
