"""Packs, findings and differences as people read them in a terminal, in Japanese or English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from verifier.dates import utc_text
from verifier.errors import WrongUseError
from verifier.scheme.affected import totals
from verifier.scheme.rule import DeclaredTier, TierRule, Words

if TYPE_CHECKING:
    from verifier.edge.held_marks import HeldMarks
    from verifier.scheme.affected import Affected
    from verifier.scheme.difference import Change, PackDifference
    from verifier.scheme.finding import Finding
    from verifier.scheme.pack import SchemePack

LANGUAGES = ("ja", "en")


def _words(ja: str, en: str) -> Words:
    return Words(ja=ja, en=en)


PHASES = {
    "announced": _words("告示済み・受付前", "announced, not open yet"),
    "open": _words("受付中", "open"),
    "closing": _words("受付中・終了予定", "open, closing"),
    "closed_for_new": _words("新規受付終了", "closed for new cases"),
    "sunset": _words("廃止", "past its sunset"),
    "closed": _words("終了（発行不可）", "closed: nothing can be issued"),
}
ISSUERS = {
    "body": _words("評価機関", "a body"),
    "registrar": _words("登録機関", "a registrar"),
    "holder": _words("本人（登録機関が登録）", "the holder; a registrar registers"),
}
BASES = {"evaluation": _words("評価", "evaluation"), "self_declared": _words("自己宣言", "self-declared")}
KINDS = {
    "added": _words("追加", "added"),
    "removed": _words("削除", "removed"),
    "moved": _words("段階の移動", "moved"),
    "changed": _words("変更", "changed"),
}
THINGS = {
    "tier": _words("段階", "tier"),
    "requirement": _words("要求事項", "requirement"),
    "criterion": _words("基準", "criterion"),
}
CAUSES = {
    "term": _words("有効期間の終了", "its own term"),
    "sunset": _words("旧版の廃止", "the sunset of the version"),
    "suspension": _words("停止が解除されない場合", "its suspension, unless lifted"),
}
LEVELS = {"error": _words("誤り", "error"), "warning": _words("注意", "warning")}


def checked_language(lang: str) -> str:
    """Return the language. Raises WrongUseError for one that there is no text in."""
    if lang not in LANGUAGES:
        raise WrongUseError(f"there is no language {lang[:20]!r}", hint="Known: ja, en")
    return lang


def list_lines(packs: Iterable[SchemePack], lang: str, *, at: int) -> Iterator[str]:
    """Yield a line for each pack: name, label, phase and levels."""
    for pack in packs:
        levels = " ".join(str(tier.level) for tier in pack.tiers) or "-"
        phase = PHASES[pack.phase(at)].in_(lang)
        yield f"{pack.name}  [{levels}]  {phase}  {pack.head.label.in_(lang)}"


def show_lines(pack: SchemePack, lang: str, *, at: int) -> Iterator[str]:
    """Yield what a pack says of itself and of each level."""
    head = pack.head
    yield f"{pack.name}  {head.label.in_(lang)}"
    yield f"  {head.notice.in_(lang)}"
    for words in (head.limits, head.closed):
        if words is not None:
            yield f"  {words.in_(lang)}"
    yield f"  sha256 {pack.digest}"
    yield f"  {PHASES[pack.phase(at)].in_(lang)}{_days(pack, lang)}"
    for tier in head.tiers:
        yield from _tier_lines(tier, lang)
    for declared in head.declared:
        yield f"{declared.label.in_(lang)}  {declared.note.in_(lang)}{_declared_counts(declared, lang)}"


def finding_lines(findings: Iterable[Finding], lang: str) -> Iterator[str]:
    """Yield a line for each finding: place, severity, code, sentence."""
    for finding in findings:
        severity = LEVELS[finding.severity].in_(lang)
        yield f"{finding.place}: {severity}: {finding.code}: {finding.text(lang)}"


def difference_lines(changes: PackDifference, lang: str) -> Iterator[str]:
    """Yield a line for each change, and how many there are of each sort."""
    yield f"{changes.old.name} -> {changes.new.name}"
    for change in changes.changes:
        what, kind = THINGS[change.what].in_(lang), KINDS[change.kind].in_(lang)
        yield f"  {what} {change.id}: {kind}{_members(change)}"
    if not changes.changes:
        yield _words("  変更はありません。", "  nothing changes").in_(lang)
    for (what, kind), count in changes.counts.items():
        yield f"{THINGS[what].in_(lang)} {KINDS[kind].in_(lang)}: {count}"


def affected_lines(found: tuple[Affected, ...], held: HeldMarks, lang: str) -> Iterator[str]:
    """Yield a line for each mark under the old version, with its last day and why it ends."""
    if held.as_of is not None:
        when = utc_text(held.as_of)
        yield _words(f"{when} 時点、ログ {held.size} 件", f"as of {when}, over {held.size} log entries").in_(lang)
    yield _words(f"旧版の有効なマーク：{len(found)} 件", f"marks under the old version: {len(found)}").in_(lang)
    for one in found:
        cause = CAUSES[one.cause].in_(lang)
        yield f"  {one.mark.mark}  {one.mark.holder}  ★{one.mark.level}  {one.last_day}  {cause}"
    for cause, count in totals(found).items():
        yield f"{CAUSES[cause].in_(lang)}: {count}"


def pack_members(pack: SchemePack, *, at: int) -> dict[str, Any]:
    """Return what `scheme show --json` tells: the head, the digest, the phase and the numbers of items."""
    return {
        "name": pack.name,
        "sha256": pack.digest,
        "phase": pack.phase(at),
        "pack": pack.head.members(),
        "items": {str(tier.level): len(pack.items_for(tier.level)) for tier in pack.tiers},
    }


def _tier_lines(tier: TierRule, lang: str) -> Iterator[str]:
    counts = tier.counts
    criteria = "?" if counts.criteria is None else str(counts.criteria)
    illustrative = f" ({_words('例示', 'illustrative').in_(lang)})"
    yield f"{tier.label.in_(lang)}  {tier.method.in_(lang)}"
    yield f"  {_words('発行', 'issued by').in_(lang)}: {ISSUERS[tier.issuer].in_(lang)}; {BASES[tier.basis].in_(lang)}"
    yield (
        _words(
            f"  要求事項 {counts.requirements}、基準 {criteria}（収録 {counts.criteria_listed}）",
            f"  {counts.requirements} requirements, {criteria} criteria ({counts.criteria_listed} listed)",
        ).in_(lang)
    )
    months = _words(f"  有効期間 {tier.term_months} か月", f"  valid {tier.term_months} months").in_(lang)
    yield months + (illustrative if "term_months" in tier.illustrative else "")
    for duty in tier.duties:
        every = _words(
            f"{duty.every_months} か月ごと、猶予 {duty.grace_days} 日",
            f"every {duty.every_months} months, {duty.grace_days} days of grace",
        ).in_(lang)
        yield f"  {duty.label.in_(lang)}: {every}" + (illustrative if "duties" in tier.illustrative else "")
    yield f"  {tier.wording.held.in_(lang)}. {tier.wording.means_not.in_(lang)}"


def _declared_counts(tier: DeclaredTier, lang: str) -> str:
    if tier.counts is None:
        return ""
    number = tier.counts.requirements
    return _words(f"（{number} 項目）", f" ({number} items)").in_(lang)


def _days(pack: SchemePack, lang: str) -> str:
    change = pack.head.transition
    named = (
        (_words("受付開始", "accepted from"), change.accepted_from),
        (_words("評価終了", "evaluations until"), change.evaluations_until),
        (_words("マーク終了", "marks until"), change.marks_until),
    )
    told = [f"{words.in_(lang)} {day}" for words, day in named if day is not None]
    if change.illustrative:
        told.append(_words("例示", "illustrative").in_(lang))
    return f" ({'; '.join(told)})" if told else ""


def _members(change: Change) -> str:
    told = [f"{name} {_short(old)} -> {_short(new)}" for name, (old, new) in change.members.items()]
    return f": {'; '.join(told)}" if told else ""


def _short(value: Any) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
