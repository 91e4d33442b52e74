"""`shirushi readiness`: what is left to do before an application. No account, no network: the own machine only.

Exit codes: 0 nothing is unmet or unanswered, 1 something is, 2 could not be read, 64 wrong use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from issuer.options import read_input
from issuer.readiness import STEPS, WHY, Readiness, ToDo, readiness
from issuer.template import read_answers
from verifier.edge.packs import find_pack
from verifier.edge.scheme_text import checked_language
from verifier.scheme.rule import Words

SETTLED = ("met", "not_met", "not_applicable")

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    workbook: Annotated[
        Path, typer.Argument(metavar="WORKBOOK", help="The answer sheet, .xlsx or .csv: `shirushi issuer template`.")
    ],
    *,
    level: Annotated[int, typer.Option(help="The level wanted, such as 3.")],
    scheme: Annotated[str, typer.Option(help="SCHEME, SCHEME/VERSION or a pack's folder.")] = "jp.meti.scs",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the text: ja or en.")] = "en",
) -> int:
    """List what is unmet or unanswered in an answer sheet, and which evidence to prepare; nothing is sent."""
    checked_language(lang)
    pack = find_pack(scheme)
    pack.issuable_tier(level)
    answers = read_answers(read_input(workbook), filename=workbook.name, pack=pack, level=level)
    left = readiness(pack, level, answers)
    if as_json:
        typer.echo(json.dumps(left.members(), ensure_ascii=False, indent=2))
    else:
        for line in lines(left, lang):
            typer.echo(line)
    return 0 if left.is_ready else 1


def lines(left: Readiness, lang: str) -> Iterator[str]:
    """Yield what is left, item by item, the progress in numbers, and what others do afterwards."""
    head, counts = left.pack.head, left.counts
    total = sum(counts.values())
    answered, met, unmet, without = (total - counts["unanswered"], *(counts[word] for word in SETTLED))
    yield f"{head.label.in_(lang)} {left.tier.label.in_(lang)}  {left.pack.name}"
    yield head.notice.in_(lang)
    yield Words(
        ja=f"回答済み {answered} / {total} 件（満たす {met}、満たさない {unmet}、該当しない {without}）",
        en=f"answered {answered} of {total} items: {met} met, {unmet} not met, {without} not applicable",
    ).in_(lang)
    for why, words in WHY.items():
        found = [one for one in left.todo if one.why == why]
        if found:
            yield f"{words.in_(lang)}: {len(found)}"
            for one in found:
                yield from _item(one, lang)
    if left.is_ready:
        yield Words(
            ja="未回答・未達の項目はありません。続いて：", en="No item is unanswered or unmet. What others do next:"
        ).in_(lang)
    else:
        yield Words(ja="すべての項目を満たした後に：", en="Once every item is met:").in_(lang)
    for part in left.after:
        yield f"  {STEPS[part.deed].in_(lang)}"


def _item(one: ToDo, lang: str) -> Iterator[str]:
    yield f"  {one.item.id}  {one.item.label(lang)}"
    if one.evidence is not None and one.why != "to_approve":
        yield f"      {Words(ja='準備する証跡の例', en='evidence, for example').in_(lang)}: {one.evidence.in_(lang)}"
