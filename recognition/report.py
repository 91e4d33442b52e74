"""Report: a decision as JSON members and as words on a terminal. Both always carry the watermarks of drafts."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recognition.decision import Decision, Gate, Outcome, TierDecision, Verdict
from recognition.question import Question
from recognition.reasons import VERDICTS, explain
from recognition.receipt import receipt_bytes
from verifier.dates import last_valid_day, utc_text
from verifier.encoding import digest
from verifier.scheme.pack import Criterion, SchemePack

MARKS: dict[Outcome, tuple[str, str]] = {
    "passed": ("passed", "green"),
    "open": ("open", "yellow"),
    "undecided": ("could not be made", "yellow"),
    "failed": ("failed", "red"),
}
COLOURS = {
    Verdict.RECOGNISED: "bold green",
    Verdict.CONDITIONAL: "bold yellow",
    Verdict.UNDECIDED: "bold yellow",
    Verdict.NOT_RECOGNISED: "bold red",
}


def report_members(question: Question, decision: Decision, pack: SchemePack) -> dict[str, Any]:
    """Return the decision on the target tier as JSON members, with every gate and every gap in words."""
    asked = decision.asked
    recognised = decision.recognised
    return {
        "verdict": decision.verdict.word,
        "text": VERDICTS[decision.verdict].members(),
        "target": str(decision.target),
        "recognised": str(recognised.tier) if recognised else None,
        "until": recognised.until if recognised else None,
        "watermarks": [words.members() for words in decision.watermarks],
        "counts": asked.counts,
        "gates": [_gate(gate) for gate in asked.gates],
        "gaps": _gaps(asked, pack),
        "receipt_sha256": digest(receipt_bytes(question, decision)),
    }


def print_report(console: Console, question: Question, decision: Decision, pack: SchemePack) -> None:
    """Print the decision on the target tier: watermarks, verdict, gates, coverage and the gap list."""
    asked, certificate = decision.asked, question.certificate
    _print_watermarks(console, decision)
    level = question.scheme.level(certificate.level)
    console.print(f"{level.label.en}, version {certificate.version}  ->  {pack.tier(decision.target.level).label.en}")
    if certificate.holder:
        console.print(f"Holder {certificate.holder}")
    console.print(f"As of {utc_text(question.as_of)}")
    console.print(Text(_headline(decision, pack), style=COLOURS[decision.verdict]))
    console.print(_gate_table(asked))
    counts = asked.counts
    console.print(f"Criteria: {counts['full']} full, {counts['partial']} partial, {counts['none']} none.")
    if asked.gaps:
        console.print(_gap_table(asked, pack))
    _print_watermarks(console, decision)


def _print_watermarks(console: Console, decision: Decision) -> None:
    for words in decision.watermarks:
        console.print(Text(f"{words.en} / {words.ja}", style="bold magenta"))


def _headline(decision: Decision, pack: SchemePack) -> str:
    words = VERDICTS[decision.verdict]
    until = decision.asked.until
    end = f" until {last_valid_day(until, pack.zone)} ({pack.zone})" if until is not None else ""
    return f"{words.en}{end} / {words.ja}"


def _gate_table(asked: TierDecision) -> Table:
    table = Table(title="Gates", title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("Gate", "Outcome", "Why"):
        table.add_column(heading, overflow="fold")
    for gate in asked.gates:
        word, colour = MARKS[gate.outcome]
        table.add_row(gate.code, Text(word, style=colour), Text(explain(gate).en))
    return table


def _gap_table(asked: TierDecision, pack: SchemePack) -> Table:
    table = Table(title=f"Gaps: {len(asked.gaps)}", title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("Criterion", "Covered", "What it is about"):
        table.add_column(heading, overflow="fold")
    for gap in _gaps(asked, pack):
        table.add_row(gap["id"], gap["cover"], Text(f"{gap['label']['en']} / {gap['label']['ja']}"))
    return table


def _gate(gate: Gate) -> dict[str, Any]:
    return {"code": gate.code, "outcome": gate.outcome, "facts": dict(gate.facts), "text": explain(gate).members()}


def _gaps(asked: TierDecision, pack: SchemePack) -> list[dict[str, Any]]:
    labels: dict[str, Criterion] = {criterion.id: criterion for criterion in pack.criteria}
    covers = {cover.criterion: cover.cover.word for cover in asked.covers}
    return [
        {"id": gap, "cover": covers[gap], "label": {"ja": labels[gap].label_ja, "en": labels[gap].label_en}}
        for gap in asked.gaps
    ]
