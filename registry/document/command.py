"""`shirushi certificate`: the signed document of a mark, made on the registry's own machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from registry.data_folder import DataFolder
from registry.document.document_key import load_document_key
from registry.document.document_maker import DocumentMaker
from registry.household.child import now
from registry.settings import read_passphrase
from verifier.edge.i18n import LANGUAGES
from verifier.edge.whole_file import write_named
from verifier.errors import WrongUseError
from verifier.markid import normalise_mark_id

if TYPE_CHECKING:
    from registry.document.document_maker import Kind

app = typer.Typer(add_completion=False)


@app.command()
def certificate(
    mark: Annotated[str, typer.Argument(help="The mark's id or address; the address (/r/) of a recognition.")],
    *,
    directory: Annotated[Path, typer.Option("--dir", help="The data folder of the registry.")],
    out: Annotated[Path, typer.Option(help="Where the PDF is written.")],
    lang: Annotated[str, typer.Option(help="ja or en.")] = "ja",
) -> None:
    """Write the signed document of a valid mark as PDF, with the mark itself attached."""
    if lang not in LANGUAGES:
        raise WrongUseError(f"there is no language {lang[:20]!r}", hint="Known: " + ", ".join(LANGUAGES))
    kind, label = _named(mark)
    data = DataFolder(directory.resolve())
    key = load_document_key(data, read_passphrase())
    maker = DocumentMaker(data.public, data.documents, trust_root=data.trust_root(), now=now, key=key)
    write_named(out.resolve(), maker.make(kind, label, lang=lang))
    print(f"{out}: signed by {key.fingerprint}")


def _named(text: str) -> tuple[Kind, str]:
    """Return what a text names. Raises MalformedError for what is neither an id nor such an address."""
    path = urlsplit(text).path.strip("/")
    kind, _, label = path.rpartition("/")
    return ("r" if kind == "r" else "m"), normalise_mark_id(label)
