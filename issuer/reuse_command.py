"""`shirushi reuse`: the answers to one questionnaire drafted out of another. No account, no network.

Exit codes: 0 drafted, 1 a sheet or the mapping has a fault, 64 wrong use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from issuer.crosswalk import between, read_crosswalk
from issuer.options import read_input
from issuer.questionnaire import read_questionnaire
from issuer.reuse import DRAFTS, NOTICE, Proposals, draft_sheet, propose
from verifier.edge.check.spreadsheet import write_csv, write_xlsx
from verifier.edge.scheme_text import checked_language
from verifier.errors import WrongUseError
from verifier.scheme.rule import Words

FORMS = {".xlsx": write_xlsx, ".csv": write_csv}

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="The questionnaire that is answered.")],
    *,
    mapping: Annotated[
        Path, typer.Option(help="The mapping: NAME.csv (beside it NAME.toml), or OSCAL JSON; either direction.")
    ],
    to: Annotated[Path, typer.Option(metavar="QUESTIONNAIRE", help="The questionnaire to draft, .xlsx or .csv.")],
    out: Annotated[Path, typer.Option(help="The file of proposals to write, .xlsx or .csv.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON too.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the text: ja or en.")] = "en",
) -> None:
    """Draft the answers to another questionnaire, as proposals that a person has to confirm; nothing is sent."""
    checked_language(lang)
    if out.suffix.lower() not in FORMS:
        raise WrongUseError(f"{out.name} is neither .xlsx nor .csv")
    if out.exists():
        raise WrongUseError(f"{out} exists already", hint="Name a new file: a draft must not overwrite answers.")
    known = read_questionnaire(read_input(workbook), filename=workbook.name)
    wanted = read_questionnaire(read_input(to), filename=to.name)
    head = mapping.with_suffix(".toml")
    crosswalk = read_crosswalk(
        read_input(mapping), filename=mapping.name, head=head.read_bytes() if head.is_file() else None
    )
    directed = between(crosswalk, known=known, wanted=wanted)
    proposals = Proposals(propose(known, wanted, directed), crosswalk.status, directed.left_aside)
    sheet = draft_sheet(proposals, source=workbook.name, mapping=mapping.name)
    out.write_bytes(FORMS[out.suffix.lower()](sheet))
    if as_json:
        typer.echo(json.dumps(proposals.members(), ensure_ascii=False, indent=2))
        return
    typer.echo(NOTICE.in_(lang))
    for draft in DRAFTS:
        typer.echo(f"{DRAFT_WORDS[draft].in_(lang)}: {proposals.counts[draft]}")
    if proposals.left_aside:
        text = Words(
            ja=f"対応付けのうち、どちらの票にもない項目の行：{proposals.left_aside}",
            en=f"rows of the mapping about items of neither sheet: {proposals.left_aside}",
        )
        typer.echo(text.in_(lang))
    typer.echo(f"{out}")


DRAFT_WORDS = {
    "met": Words(ja="満たす（下書き）", en="proposed as met"),
    "not_met": Words(ja="満たさない（下書き）", en="proposed as not met"),
    "partly": Words(ja="一部のみ対応", en="covered in part only"),
    "conflict": Words(ja="根拠が食い違う", en="the mapping contradicts itself here"),
    "none": Words(ja="下書きなし", en="nothing proposed"),
}
