"""Reasons: every gate's stable code, what it asks, and what it means when it does not pass, in ja and en.

Codes are part of the published format: they may be added, never renamed. ``{names}`` are facts of the gate.
"""

from __future__ import annotations

from dataclasses import dataclass

from recognition.decision import Gate, Verdict
from verifier.dates import utc_text
from verifier.scheme.rule import Words


@dataclass(frozen=True)
class Reason:
    """What a gate asks, and the sentence for each other outcome that it can have."""

    asks: Words
    failed: Words | None = None
    undecided: Words | None = None
    open: Words | None = None


def explain(gate: Gate) -> Words:
    """Return the sentence about a gate: what was asked if it passed, what is the matter if it did not."""
    reason = REASONS[gate.code]
    match gate.outcome:
        case "passed":
            words = reason.asks
        case "failed":
            words = reason.failed or reason.asks
        case "undecided":
            words = reason.undecided or reason.asks
        case "open":
            words = reason.open or reason.asks
    facts = {name: utc_text(fact) if isinstance(fact, int) else fact for name, fact in gate.facts.items()}
    return Words(ja=words.ja.format_map(facts), en=words.en.format_map(facts))


def _words(ja: str, en: str) -> Words:
    return Words(ja=ja, en=en)


VERDICTS: dict[Verdict, Words] = {
    Verdict.RECOGNISED: _words("相当と認められます", "Recognised"),
    Verdict.CONDITIONAL: _words("残りの基準の評価後に認められます", "Recognised after evaluation of the open criteria"),
    Verdict.UNDECIDED: _words("判定できませんでした", "Could not be decided"),
    Verdict.NOT_RECOGNISED: _words("相当と認められません", "Not recognised"),
}

REASONS: dict[str, Reason] = {
    "certificate_original": Reason(
        _words("制度自身の評価による証明書か", "The certificate rests on the scheme's own evaluation"),
        _words(
            "証明書の根拠は「{basis}」です。制度自身の評価による証明書だけが対象です。",
            "The certificate rests on {basis}; only an original evaluation of the scheme counts.",
        ),
    ),
    "certificate_authentic": Reason(
        _words("証明書の真正性が確認されたか", "The certificate was authenticated"),
        undecided=_words(
            "証明書の内容は申告されたもので、真正性は確認されていません。",
            "The facts of the certificate were stated, not authenticated.",
        ),
    ),
    "certificate_current": Reason(
        _words("証明書の有効期間内か", "The certificate is within its dates"),
        _words(
            "証明書の有効期間（{issued} から {expires} の前まで）の外です。",
            "Outside the certificate's dates: from {issued}, before {expires}.",
        ),
    ),
    "certificate_status": Reason(
        _words("証明書は現在有効な状態か", "The certificate's present state is valid"),
        _words("証明書の現在の状態は「{status}」です。", "The certificate's present state is {status}."),
        undecided=_words(
            "証明書の現在の状態を確認できませんでした（{status}）。",
            "The certificate's present state could not be found out ({status}).",
        ),
    ),
    "certificate_documents": Reason(
        _words("必要な書類がそろっているか", "The required documents are there"),
        _words("必要な書類がありません：{missing}", "Required documents are missing: {missing}"),
    ),
    "scheme_version_pinned": Reason(
        _words("制度のバージョンが協定の対象か", "The agreement covers this version of the scheme"),
        _words(
            "バージョン {version} は協定の対象外です（対象：{pinned}）。",
            "The agreement does not cover version {version}; it covers {pinned}.",
        ),
    ),
    "scheme_version_alive": Reason(
        _words("発行日にそのバージョンで発行されていたか", "That version was being issued on the day of issue"),
        _words(
            "バージョン {version} の証明書は {issued} には発行されていません。",
            "No certificate of version {version} was issued on {issued}.",
        ),
    ),
    "home_criteria_pinned": Reason(
        _words("国内基準が協定の対象の版か", "The agreement is about these home criteria"),
        _words(
            "協定が対象とする基準の版（{pinned}）と異なります（{version}）。",
            "The agreement is about criteria {pinned}, byte for byte, and not these ({version}).",
        ),
    ),
    "agreement_in_force": Reason(
        _words("協定が発効しているか", "The agreement is in force"),
        _words(
            "発効している協定がありません（{agreement}：{status}）。",
            "No agreement is in force ({agreement}: {status}).",
        ),
        undecided=_words(
            "協定が停止され、既存の承認は見直し中です（{agreement}：{status}）。",
            "The agreement has stopped and existing recognitions are under review ({agreement}: {status}).",
        ),
    ),
    "agreement_not_ended": Reason(
        _words("協定の期限内か", "The agreement has not ended"),
        _words("協定は {not_after} に終了しました。", "The agreement ended at {not_after}."),
    ),
    "scope_allowed": Reason(
        _words("証明書の範囲が協定の対象か", "The agreement covers the certificate's scope"),
        _words(
            "証明書の範囲「{scope}」（除外：{excluded}）は協定の対象外です。",
            "The agreement does not cover the scope {scope} (excluded: {excluded}).",
        ),
    ),
    "scope_included": Reason(
        _words("求める範囲が証明書に含まれるか", "The certificate includes the scope that is asked for"),
        _words(
            "証明書の範囲に含まれていません：{missing}",
            "The certificate does not include: {missing}",
        ),
        undecided=_words(
            "証明書には法人・拠点・システムの範囲が書かれていません。",
            "The certificate does not name entities, sites and systems.",
        ),
    ),
    "issuer_listed": Reason(
        _words("発行機関が発行日に登録されていたか", "The issuer was listed on the day of issue"),
        _words(
            "発行機関 {issuer} は発行日に登録されていないか、停止されています。",
            "The issuer {issuer} was not listed on the day of issue, or was stopped.",
        ),
        undecided=_words("発行機関 {issuer} は見直し中です。", "The issuer {issuer} is under review."),
    ),
    "mappings_pinned": Reason(
        _words("協定が指定する対応付けがそろい有効か", "The mappings that the agreement names are there and in force"),
        _words(
            "協定が指定する {pinned} 件の対応付けがそろっていないか、停止されています（提示：{given} 件）。",
            "The agreement names {pinned} mappings; not exactly those are there ({given} given), or one was stopped.",
        ),
        undecided=_words("対応付けが見直し中です。", "A mapping is under review."),
    ),
    "mappings_fit": Reason(
        _words("対応付けがこのバージョンと基準のものか", "The mappings were drawn on this version and these criteria"),
        _words(
            "対応付けはバージョン {drawn} について作成され、証明書はバージョン {version} です。",
            "The mappings were drawn on version {drawn}; the certificate is of version {version}.",
        ),
    ),
    "level_cap": Reason(
        _words("この区分で認められる上限以内か", "The level may count as this tier"),
        _words(
            "区分 {level} で認められる上限（{cap}）を超えています。",
            "The agreement lets level {level} count as tier {cap} at most.",
        ),
    ),
    "recognition_term": Reason(
        _words("承認の最長期間（{days} 日）内か", "The longest recognition of {days} days has not run out"),
        _words("承認の最長期間（{days} 日）が過ぎました。", "The longest recognition of {days} days has run out."),
    ),
    "criteria_known": Reason(
        _words("段階の基準がすべて分かっているか", "All criteria of the tier are known here"),
        undecided=_words(
            "基準 {all} 件のうち {known} 件しか収録されていないため、判定できません。",
            "Only {known} of the tier's {all} criteria are known here, so it cannot be decided.",
        ),
    ),
    "assurance": Reason(
        _words("評価の方法が求められる水準か", "The assessment has the assurance that the tier requires"),
        _words("評価の水準が不足しています：{missing}", "Assurance is missing: {missing}"),
    ),
    "coverage": Reason(
        _words("すべての基準が満たされるか", "Every criterion of the tier is covered"),
        _words(
            "{criteria} 基準のうち {partial} 件は一部のみ、{none} 件は対応なしです。"
            "残る {gaps} 件は補完の上限 {limit} 件を超えます。",
            "Of {criteria} criteria {partial} are covered in part and {none} not at all: {gaps} remain, "
            "and supplements may close {limit} at most.",
        ),
        open=_words(
            "残り {gaps} 件の基準を国内の評価機関が評価すれば認められます。",
            "{gaps} criteria remain to be evaluated by a home evaluator.",
        ),
    ),
}
