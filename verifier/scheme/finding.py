"""Findings of the pack linter: one code for each MUST of docs/specification/scheme-pack.md, in Japanese and English.

Codes are part of the published format: they may be added, never renamed. ``{names}`` are values of the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from verifier.scheme.rule import Words

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """What is wrong or doubtful at one place of a pack; row 1 of a table is its heading."""

    code: str
    file: str
    row: int | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """Say whether the pack is refused for it."""
        return "warning" if self.code in WARNINGS else "error"

    @property
    def place(self) -> str:
        """The file and, in a table, the row."""
        return self.file if self.row is None else f"{self.file}, row {self.row}"

    def text(self, lang: str) -> str:
        """Return the sentence in that language."""
        return MUSTS[self.code].in_(lang).format_map(self.values)

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "row": self.row,
            "text": {"ja": self.text("ja"), "en": self.text("en")},
        }


def _words(ja: str, en: str) -> Words:
    return Words(ja=ja, en=en)


MUSTS: dict[str, Words] = {
    "files": _words("ファイルは {files} の三つだけです。", "a scheme pack is exactly the files {files}"),
    "text": _words(
        "UTF-8・NFC で、制御文字や見えない文字のない文章にしてください（{problem}）。",
        "text is UTF-8 in NFC without control or invisible characters: {problem}",
    ),
    "toml": _words("TOML 1.0 として読めません：{problem}", "not TOML: {problem}"),
    "csv": _words("CSV（RFC 4180）として読めません：{problem}", "not CSV: {problem}"),
    "columns": _words("見出しは {columns} です。", "the columns must be {columns}"),
    "cells": _words("セルが {found} 個あります（正しくは {wanted} 個）。", "{found} cells instead of {wanted}"),
    "member_missing": _words("{member} がありません。", "{member}: is missing"),
    "member_unknown": _words("{member} は未知の項目です。", "{member}: is not a member of a pack"),
    "member_value": _words("{member} の値が不正です（{problem}）。", "{member}: {problem}"),
    "label_missing": _words("日本語または英語の見出しがありません（{member}）。", "{member}: a label is missing"),
    "level_without_term": _words(
        "{member} がありません。有効期間のない段階は発行できません。", "{member}: a level has no term"
    ),
    "level_twice": _words("段階 {level} が二度あります。", "level {level} is named twice"),
    "level_order": _words("段階は低い順に並べてください。", "tiers must stand lowest first"),
    "closed_tiers": _words(
        "終了した版に発行できる段階はなく、それ以外の版には必要です。",
        "a closed version has no tiers, and every other one has some",
    ),
    "counts_exceeded": _words(
        "段階 {level}：存在する数より多くの基準が収録されています。",
        "tier {level}: more criteria are listed than exist",
    ),
    "items_incomplete": _words(
        "段階 {level}：基準ごとに評価する段階は、すべての基準の収録が必要です。",
        "tier {level}: a tier assessed by criteria must list all of them",
    ),
    "limits_missing": _words(
        "収録していない基準があるのに、limits に説明がありません。",
        "criteria are left out and `limits` does not say so",
    ),
    "verification_assurance": _words(
        "段階 {level}：技術検証の有無と assurance.technical_test が矛盾しています。",
        "tier {level}: the parts and assurance.technical_test contradict each other",
    ),
    "expert_assurance": _words(
        "段階 {level}：専門家の確認と assurance.assessor が矛盾しています。",
        "tier {level}: the parts and assurance.assessor contradict each other",
    ),
    "part_wrong": _words(
        "段階 {level}：{role} の役割として「{deed}」は成り立ちません。",
        "tier {level}: {role} {deed}: not a part that this role has",
    ),
    "part_twice": _words("段階 {level}：{role} {deed} が二度あります。", "tier {level}: {role} {deed} stands twice"),
    "part_unlisted": _words(
        "段階 {level}：{role} の登録簿と基準日は、両方を書くか、どちらも書かないでください。",
        "tier {level}: {role}: a listing and the day on which it must hold go together",
    ),
    "part_missing": _words(
        "段階 {level}：発行者が {issuer} なのに、登録簿 {listing} の下で「{deed}」を行う者がいません。",
        "tier {level}: issued by {issuer}, but nobody {deed} under the listing {listing}",
    ),
    "nobody_vouches": _words(
        "段階 {level}：登録機関が評価に基づいて発行するのに、専門家の確認と経営層の宣誓がそろっていません。",
        "tier {level}: a registrar issues on an evaluation, but not both an expert confirms and an executive swears",
    ),
    "basis_issuer": _words(
        "段階 {level}：basis と issuer が矛盾しています。", "tier {level}: basis and issuer contradict each other"
    ),
    "basis_assurance": _words(
        "段階 {level}：basis と assurance.assessor が矛盾しています。",
        "tier {level}: basis and assurance.assessor contradict each other",
    ),
    "duty_twice": _words("段階 {level}：義務 {duty} が二度あります。", "tier {level}: the duty {duty} stands twice"),
    "wording_forbidden": _words(
        "段階 {level}：「{word}」は実際より強い表現です。",
        "tier {level}: the word {word!r} claims more than the tier is",
    ),
    "transition_order": _words(
        "accepted_from、evaluations_until、marks_until の順序が逆です。",
        "accepted_from, evaluations_until and marks_until are not in their order",
    ),
    "transition_version": _words(
        "版は自分自身を置き換えられず、置き換える版は一度だけ挙げます。",
        "a version cannot replace itself, nor another one twice",
    ),
    "category_twice": _words("分類 {id} が二度あります。", "category {id} is named twice"),
    "category_unknown": _words("分類 {id} は pack.toml にありません。", "unknown category {id!r}"),
    "requirement_unknown": _words("要求事項 {id} は requirements.csv にありません。", "unknown requirement {id!r}"),
    "level_unknown": _words("{level} はこのパックの段階ではありません。", "{level!r} is not a tier of this pack"),
    "criterion_level": _words(
        "段階 {level} から求められていますが、要求事項 {id} は段階 {lowest} からです。",
        "asked for at tier {level}, but its requirement {id} only from tier {lowest}",
    ),
    "id_form": _words("識別番号の形式ではありません：{id}", "not an id: {id!r}"),
    "id_twice": _words("{id} が二度あります。", "{id} stands here a second time"),
    "requirement_count": _words(
        "段階 {level} の要求事項は {found} 件で、宣言の {declared} 件と異なります。",
        "{found} requirements for tier {level}, not the stated number {declared}",
    ),
    "criteria_count": _words(
        "段階 {level} の基準は {found} 件で、宣言の {declared} 件と異なります。",
        "{found} criteria for tier {level}, not the stated number {declared}",
    ),
    "requirement_bare": _words(
        "段階 {level} の要求事項 {id} に基準がありません。", "no criterion for requirement {id} of tier {level}"
    ),
    "category_empty": _words("分類 {id} に要求事項がありません。", "category {id} has no requirement"),
    "no_transition": _words(
        "移行の日程（[transition]）がありません。", "no transition dates: the version is open without an end"
    ),
}
"""Each MUST of the format under its code, and what is only doubtful."""

WARNINGS = frozenset({"category_empty", "no_transition"})
