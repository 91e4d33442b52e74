"""The sub-commands of `shirushi`: entry points of the group ``shirushi.commands``.

Each names a module with a typer.Typer called ``app``. Nothing here imports one before it is called, so that
`shirushi --help` and every other command start fast and run without the dependencies of the rest.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, cast

from verifier.errors import WrongUseError

if TYPE_CHECKING:
    import typer

GROUP = "shirushi.commands"
OWN_PACKAGES = ("registry", "issuer", "verifier", "recognition")
SUMMARIES = {
    "verify": "Judge a mark: a token, a bundle, a QR image, a URL or an id",
    "recognition": "Decide whether a foreign scheme is equivalent to a tier",
    "agreement": "Draw up, check, propose and list recognition agreements.",
    "foreign": "The foreign scheme operator's own place: crosswalks, simulations, agreements",
    "adapter": "Find out at home whether a foreign registry can be looked up in",
    "issuer": "The evaluator's desk: cases, decisions, signing, packages",
    "registry": "The public record: trust root, accreditation, log",
    "certificate": "Write the signed document of a mark as PDF, on the registry's machine",
    "serve": "Run the reader, the API, the publisher and the witnesses",
    "witness": "Cosign the checkpoints of a log",
    "mirror": "Keep an S3-compatible bucket in step with the published folder",
    "demo": "Play the whole story, from the trust root to a scanned mark",
    "sandbox": "Make a registry to practise on, with one mark for each answer, and serve it",
    "tour": "See what each kind of user does, with what was promised beside what is seen",
    "drill": "Rehearse an emergency: a stolen key, from the cut-off to the marks issued anew",
    "lies": "Play ten lying registries and show which check catches each",
    "simulate": "Play a registry's whole year in fast-forward and reconcile its ledger with the log",
    "log": "Look after a published log: derive everything again from its entries",
    "audit": "Judge a whole registry again, trusting none of it",
    "monitor": "Watch a registry and tell what is new or wrong",
    "explain": "Say what an entry of a log says, and what proves it",
    "history": "Say what an object was on a day, as it was known on another",
    "upcoming": "List what the clock will change within some days",
    "directory": "Keep a copy of the directory and look up in it without a network",
    "check": "Check a list of suppliers against a copy of the directory, without a network",
    "check-receipt": "Check the receipt of a list, and show one row of it alone",
    "request": "Ask suppliers for a level with reasons, and hold it against what they have",
    "programme": "Say who of a list is eligible: subsidies, tenders, insurance",
    "buyer": "The buyer's desk as pages: lists, requests, watches, receipts",
    "watch": "Tell which suppliers of a list have another answer than last time",
    "scheme": "Look at, check, compare, import and publish packs of criteria",
    "supplier": "Assess yourself, answer clients and keep your marks, as pages on your own machine",
    "readiness": "What is left to do before an application, on your own machine",
    "share": "Show a mark to somebody by a link, with a name that its public page does not show",
    "reuse": "Draft the answers to one questionnaire out of another",
    "evidence": "Seal evidence in the log, and find out what was altered after it",
    "federation": "Check a body's trust chain in OpenID Federation",
    "doctor": "Check this installation",
}


def installed_commands() -> dict[str, metadata.EntryPoint]:
    """Return the installed sub-commands by name, in the order in which a reader meets them."""
    found = {entry.name: entry for entry in metadata.entry_points(group=GROUP)}
    known = [name for name in SUMMARIES if name in found]
    return {name: found[name] for name in [*known, *sorted(found.keys() - SUMMARIES.keys())]}


def load_command(name: str) -> typer.Typer:
    """Import one sub-command. Raises WrongUseError when there is none of that name or its extra is not installed."""
    entry = installed_commands().get(name)
    if entry is None:
        raise WrongUseError(f"there is no command {name!r}", hint="shirushi --help lists the commands")
    try:
        return cast("typer.Typer", entry.load())
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        package = entry.module.partition(".")[0]
        if missing in OWN_PACKAGES or package not in ("registry", "issuer"):
            raise
        raise WrongUseError(
            f"`shirushi {name}` needs {missing}, which is not installed",
            hint=f"pip install 'shirushi[{package}]'",
        ) from error
