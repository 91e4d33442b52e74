"""`shirushi verify`: the judge on the command line.

Exit codes: 0 valid, 1 not valid, 2 could not confirm, 64 wrong use.
"""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from verifier.bundle import Bundle, parse_bundle
from verifier.dates import parse_instant
from verifier.edge.client import HttpFetcher, open_client
from verifier.edge.question import Question, read_question
from verifier.edge.report import print_verdict
from verifier.edge.root_store import default_store, newest_root, read_root
from verifier.errors import EvidenceError, MarkError, UnavailableError, WrongUseError
from verifier.examine.examination import Presented
from verifier.gather import gather_mark
from verifier.identifier import Identifier, parse_identifier
from verifier.log.policy_file import parse_policy
from verifier.log.tlog_policy import Policy as WitnessPolicy
from verifier.policy import About, AllOf, AtLeast, FreshWithin, Policy
from verifier.requirement import Requirement, parse_requirement
from verifier.scheme.shipped import check_awarded
from verifier.tier import Tier, parse_tier
from verifier.trust.root import TrustRoot
from verifier.verdict import Check, CheckName, Headline, Result, Verdict
from verifier.verify import present, verify, verify_text

DEFAULT_SCHEME = "jp.meti.scs"

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    asked: Annotated[
        str, typer.Argument(metavar="WHAT", help="Token file, bundle, picture of the QR, its text, or a mark id.")
    ],
    *,
    root: Annotated[Path | None, typer.Option(help="Version 1 of the trust root that you trust.")] = None,
    bundle: Annotated[
        Path | None, typer.Option(help="The mark's bundle.json, for an answer without a network.")
    ] = None,
    trust_list: Annotated[Path | None, typer.Option(help="A trust list, to check a QR's seal alone.")] = None,
    witness_policy: Annotated[
        Path | None, typer.Option(help="Your own witness policy (C2SP tlog-policy), demanded beside the root's.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask nobody.")] = False,
    via: Annotated[str | None, typer.Option(help="Address to fetch from instead of the registry's own.")] = None,
    at: Annotated[str | None, typer.Option(help="Judge the dates as of this time (ISO 8601).")] = None,
    require: Annotated[str | None, typer.Option(help="Lowest tier that is enough, such as 3 or jp.meti.scs/3.")] = None,
    expect: Annotated[str | None, typer.Option(help="Identifier of the holder you expect, such as 0188-...")] = None,
    max_age: Annotated[int | None, typer.Option(help="Oldest evidence that is enough, in hours.")] = None,
    policy: Annotated[Path | None, typer.Option(help="Policy file (TOML) with all that you demand.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the account: ja or en.")] = "en",
) -> int:
    """Verify a mark."""
    evidence = _Evidence(read_root(root), offline=offline, via=via, bundle=bundle, trust_list=trust_list)
    now, zone = int(time.time()), evidence.root.content.zone
    as_of = parse_instant(at, zone=zone) if at else now
    subject = _subject(expect)
    demand = _demand(require, subject, max_age)
    if policy is not None:
        demand = AllOf((demand, _read_policy(policy).policy(zone, subject)))
    if witness_policy is not None:
        evidence.witnesses = parse_policy(_bytes(witness_policy))
    verdict = _judge(asked, evidence, now=now, as_of=as_of, demand=demand)
    if as_json:
        print(json.dumps(verdict.members(), ensure_ascii=False, indent=2))
    else:
        print_verdict(Console(), verdict, lang)
        if evidence.trouble:
            print(f"note: {evidence.trouble}")
    return verdict.exit_code


class _Evidence:
    """Where the evidence comes from: a file, the network, or nowhere."""

    def __init__(
        self, pinned: TrustRoot, *, offline: bool, via: str | None, bundle: Path | None, trust_list: Path | None
    ) -> None:
        if offline and via:
            raise WrongUseError("--offline and --via contradict each other")
        self.root = default_store().newest(pinned)
        self._pinned = pinned
        self.witnesses: WitnessPolicy | None = None
        self.live = False
        self.trouble = ""
        self._asks = not offline and bundle is None
        self._via = (via or f"https://{pinned.host}").rstrip("/")
        self._bundle = self._read(_bytes(bundle)) if bundle else None
        self._list = _bytes(trust_list).decode("ascii", "replace").strip() if trust_list else None

    def host_of(self, named: str | None) -> str:
        """Return the host that an address names; the place to fetch from stands for the registry itself."""
        is_own = named is None or self._via in (f"http://{named}", f"https://{named}")
        return self.root.host if is_own or named is None else named

    def _read(self, data: bytes) -> Bundle | None:
        # A broken bundle says nothing about the mark: the verdict goes on without it.
        try:
            return parse_bundle(data)
        except MarkError as error:
            self.trouble = f"the bundle cannot be read: {error.message}"
            return None

    def about(self, mark_id: str, own: Bundle | None) -> Bundle | None:
        """Return the evidence about a mark, None for none."""
        found = self._bundle or own
        if found is None and self._asks:
            found = self._fetched(mark_id)
        if found is not None:
            self.root = newest_root(self._pinned, found.trust_roots)
        if found is None and self._list:
            return Bundle(log=self.root.origin, trust_list=self._list)
        return found

    def _fetched(self, mark_id: str) -> Bundle | None:
        try:
            with open_client() as http:
                bundle = gather_mark(HttpFetcher(self._via, http), mark_id, self.root.host)
        except (UnavailableError, EvidenceError) as error:
            self.trouble = f"{error.message}. {error.hint}".strip()
            return None
        self.live = True
        return bundle


def _judge(asked: str, evidence: _Evidence, *, now: int, as_of: int, demand: Policy) -> Verdict:
    try:
        question = read_question(asked)
    except (EvidenceError, UnavailableError) as error:
        return _unreadable(error, as_of)
    root = evidence.root
    if question.text is None:
        mark_id = question.mark_id or ""
        found = evidence.about(mark_id, None)
        shown = Presented(mark_id, evidence.host_of(question.host))
        judge = partial(verify, shown, bundle=found)
    else:
        found = _about_text(question, evidence)
        judge = partial(verify_text, question.text, bundle=found)
    return judge(root=root, now=now, as_of=as_of, demand=demand, live=evidence.live, witnesses=evidence.witnesses)


def _about_text(question: Question, evidence: _Evidence) -> Bundle | None:
    try:
        shown = present(question.text or "")
    except MarkError:
        return None
    return evidence.about(shown.id, question.bundle)


def _unreadable(error: MarkError, as_of: int) -> Verdict:
    is_bad = isinstance(error, EvidenceError)
    result, headline = (Result.FAILED, Headline.FORGED) if is_bad else (Result.UNKNOWN, Headline.NOT_CONFIRMED)
    return Verdict(headline, (Check(CheckName.FORMAT, result, error.code, error.message),), as_of=as_of)


def _subject(expect: str | None) -> Identifier | None:
    try:
        return parse_identifier(expect) if expect is not None else None
    except MarkError as error:
        raise WrongUseError(f"--expect: {error.message}", hint=error.hint) from error


def _demand(require: str | None, subject: Identifier | None, max_age: int | None) -> Policy:
    demands: list[Policy] = []
    if require is not None:
        demands.append(AtLeast(_tier(require)))
    if subject is not None:
        demands.append(About(subject))
    if max_age is not None:
        demands.append(FreshWithin(max_age * 3600))
    return AllOf(tuple(demands))


def _read_policy(path: Path) -> Requirement:
    try:
        return parse_requirement(_bytes(path))
    except MarkError as error:
        raise WrongUseError(f"{path}: {error.message}", hint=error.hint) from error


def _tier(text: str) -> Tier:
    level = text.removeprefix("★")
    try:
        tier = parse_tier(f"{DEFAULT_SCHEME}/{level}" if "/" not in text else text)
        check_awarded(tier)
        return tier
    except MarkError as error:
        hint = error.hint or "Write a level such as 3, or scheme/level."
        raise WrongUseError(f"--require: {error.message}", hint=hint) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read") from error
