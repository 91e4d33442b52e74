"""Report: the account of a verdict for a terminal, in Japanese or English; the same words as on the page.

Signs and words carry the meaning, colour only helps: the account reads the same without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from verifier.edge.i18n import translator
from verifier.edge.page.account import account_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from verifier.edge.i18n import Translator
    from verifier.edge.page.account import Account, CheckGroup, CheckLine, Fact
    from verifier.verdict import Verdict

_STYLES = {
    "good": "green",
    "good-then": "green",
    "bad": "red",
    "ended": "yellow",
    "open": "cyan",
    "test": "magenta",
}


def print_verdict(console: Console, verdict: Verdict, lang: str) -> None:
    """Print what a verdict says: headline, holder, tier, dates, every check with its reason, what to do next.

    Raises WrongUseError for a language that there is no catalogue of.
    """
    t = translator(lang)
    account = account_of(verdict, t)
    for banner in account.banners:
        console.print(Text.assemble((f" {banner.title} ", "reverse magenta"), " ", banner.text))
    console.print(_headline(account, t))
    for holder in account.holders:
        console.print(Text(account.claim, "dim"))
        console.print(Text.assemble((holder.name, "bold"), *(f"  {latin}" for latin in holder.latin)))
        console.print(Text.assemble((holder.stars.drawn, "yellow"), f" {holder.stars.text} {holder.stars.words}"))
        console.print(Text(holder.scheme))
        console.print(Padding(_facts(account.facts), (0, 0, 0, 2)))
    for group in account.groups:
        console.print(_title(group))
        console.print(Padding(_checks(group.lines, t), (0, 0, 0, 2)))


def _headline(account: Account, t: Translator) -> Panel:
    style = _STYLES[account.appearance.tone]
    lines = _grid(1)
    lines.add_row(Text(account.words.title, f"bold {style}"))
    lines.add_row(Text(account.words.explanation))
    for note in account.notes:
        lines.add_row(Text(note))
    lines.add_row(Text.assemble((t.gettext("mark.next"), "bold"), " ", account.words.next_step))
    lines.add_row(_facts(account.moments))
    title = Text(f"{account.appearance.sign} {account.words.answer}", f"bold {style}")
    return Panel(lines, title=title, title_align="left", border_style=style, padding=(0, 1))


def _facts(facts: Iterable[Fact]) -> Table:
    table = _grid(2)
    for fact in facts:
        values = [*fact.texts, *map(str, fact.moments), *(link.text for link in fact.links)]
        table.add_row(Text(fact.label, "dim"), Text("\n".join(values)))
    return table


def _title(group: CheckGroup) -> Text:
    sign = (f"{group.appearance.sign} ", _STYLES[group.appearance.tone])
    return Text.assemble(sign, (group.title, "bold"), (f"  {group.summary}", "dim"))


def _checks(lines: Iterable[CheckLine], t: Translator) -> Table:
    table = _grid(4)
    for line in lines:
        text = Text(line.words.explanation)
        if line.words.next_step:
            text.append(f"\n{line.words.next_step}", "bold")
        for detail in line.detail:
            text.append(f"\n{t.gettext('mark.checks.detail')} {line.reason}: {detail}", "dim")
        sign = Text(line.appearance.sign, _STYLES[line.appearance.tone])
        table.add_row(sign, Text(line.words.title, "bold"), Text(line.words.result), text)
    return table


def _grid(columns: int) -> Table:
    # Japanese has no spaces to break at: fold what would otherwise be cut off.
    table = Table.grid(padding=(0, 1))
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table
