"""The page of a sandbox: what there is to practise on, one fixture for each answer, and which answer to expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import translator
from verifier.edge.page.account import Fact, Link, banners
from verifier.edge.page.grid import Tag
from verifier.edge.page.wording import headline_appearance, headline_words
from verifier.edge.rendering import render
from verifier.errors import WrongUseError
from verifier.verdict import Headline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verifier.edge.i18n import Translator

GROUPS: dict[str, tuple[str, ...]] = {
    "accepted": ("valid-3", "valid-4", "group", "unit", "seal-only"),
    "refused": (
        "not-yet-valid",
        "expired",
        "suspended",
        "superseded",
        "cancelled",
        "withdrawn",
        "annulled",
        "void-key",
    ),
    "demanded": ("below-requirement", "unit-too-small", "subject-mismatch"),
    "false": ("altered-digit", "copied-onto", "look-alike-host", "altered-token", "unknown-issuer"),
    "open": (
        "not-found",
        "unknown-registry",
        "newer-version",
        "few-witnesses",
        "no-directory",
        "tampered-proof",
        "stale",
        "outdated",
    ),
    "organisation": ("recognised", "self-declared", "suspended-holder", "nothing-listed"),
}
"""Every fixture by its group, in the order of a course."""


@dataclass(frozen=True)
class Expected:
    """An answer to expect: where it is given, its sign and words."""

    where: str
    tag: Tag
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Shelved:
    """A fixture as the page shows it; ``pictures`` holds the address of its QR, where it has one."""

    name: str
    title: str
    text: str
    pictures: tuple[str, ...]
    alt: str
    expected: tuple[Expected, ...]
    facts: tuple[Fact, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Shelf:
    """The fixtures of one group."""

    name: str
    title: str
    text: str
    fixtures: tuple[Shelved, ...]


def sandbox_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page. Raises WrongUseError for a list with fixtures that this version does not know."""
    t = translator(lang)
    listed = {one["name"]: one for one in (*answer["fixtures"], *answer["organisations"])}
    unknown = set(listed) - {name for names in GROUPS.values() for name in names}
    if unknown:
        raise WrongUseError(f"the list holds fixtures that are not known here: {', '.join(sorted(unknown))}")
    return render(
        "sandbox.html",
        lang=lang,
        path="/sandbox",
        title=t.gettext("sandbox.title"),
        banners=banners(environment, t),
        facts=(
            Fact(t.gettext("sandbox.host"), texts=(str(answer["host"]),)),
            Fact(t.gettext("sandbox.opened"), moments=(t.moment(answer["opened"], zone),)),
            Fact(t.gettext("sandbox.until"), moments=(t.moment(answer["fresh_until"], zone),)),
        ),
        links=(
            Link(t.gettext("sandbox.list"), "/sandbox/fixtures.json"),
            Link(t.gettext("sandbox.root"), answer["trust_root"]),
            Link(t.gettext("sandbox.recognition"), answer["recognition"]),
        ),
        shelves=[_shelf(group, names, listed, t) for group, names in GROUPS.items()],
    )


def sandbox_message_ids() -> list[str]:
    """Return the message ids that are put together out of codes."""
    groups = [f"sandbox.group.{group}.{part}" for group in GROUPS for part in ("title", "text")]
    names = [name for names in GROUPS.values() for name in names]
    return groups + [f"sandbox.fixture.{name}.{part}" for name in names for part in ("title", "text")]


def _shelf(group: str, names: tuple[str, ...], listed: Mapping[str, Any], t: Translator) -> Shelf:
    return Shelf(
        name=group,
        title=t.gettext(f"sandbox.group.{group}.title"),
        text=t.gettext(f"sandbox.group.{group}.text"),
        fixtures=tuple(_shelved(listed[name], t) for name in names if name in listed),
    )


def _shelved(one: Mapping[str, Any], t: Translator) -> Shelved:
    stem = f"sandbox.fixture.{one['name']}"
    title = t.gettext(f"{stem}.title")
    is_asked = one["group"] == "organisation"
    return Shelved(
        name=one["name"],
        title=title,
        text=t.gettext(f"{stem}.text"),
        pictures=(one["qr"],) if one.get("qr") else (),
        alt=t.gettext("sandbox.qr", title=title),
        expected=() if is_asked else tuple(_expected(one["expect"], t)),
        facts=_found(one, t) if is_asked else _asked(one, t),
        links=tuple(_links(one, t)),
    )


def _expected(expect: Mapping[str, Any], t: Translator) -> Iterator[Expected]:
    where = {"live": t.gettext("sandbox.live"), "offline": t.gettext("sandbox.offline")}
    for kind, words in where.items():
        if (said := expect[kind]) is None:
            continue
        headline, elsewhere = Headline(said["headline"]), Headline(said["in_production"])
        beside: tuple[str, ...] = ()
        if elsewhere is not headline:
            beside = (t.gettext("sandbox.in_production", words=headline_words(elsewhere, t).title),)
        tag = Tag(headline_appearance(headline), headline_words(headline, t).title)
        yield Expected(words, tag, beside)


def _asked(one: Mapping[str, Any], t: Translator) -> tuple[Fact, ...]:
    """Say what is asked beside what is presented, where something is."""
    asked = one["ask"]
    said = []
    if "policy" in asked:
        said.append(t.gettext("sandbox.asked.policy", tier=asked["policy"]["tier"]))
    if "subject" in asked:
        said.append(t.gettext("sandbox.asked.subject", identifier=asked["subject"]))
    return (Fact(t.gettext("sandbox.asked"), texts=tuple(said)),) if said else ()


def _found(one: Mapping[str, Any], t: Translator) -> tuple[Fact, ...]:
    expect = one["expect"]
    counts = (
        t.gettext("sandbox.marks", number=str(expect["marks"])),
        t.gettext("sandbox.recognised", number=str(expect["recognised"])),
        t.gettext("sandbox.declared" if expect["declared"] else "sandbox.not_declared"),
    )
    wanted = t.gettext("sandbox.asked.policy", tier=one["ask"]["policy"]["tier"])
    return (
        Fact(t.gettext("sandbox.asked"), texts=(one["identifier"], wanted)),
        Fact(t.gettext("sandbox.found"), texts=counts),
        Fact(t.gettext("sandbox.outcome"), texts=(f"{expect['verdict']} / {expect['reason']}",)),
    )


def _links(one: Mapping[str, Any], t: Translator) -> Iterator[Link]:
    name = one["name"]
    if one.get("page"):
        yield Link(t.gettext("sandbox.page"), one["page"])
    if "text" in one:
        yield Link(t.gettext("sandbox.presented"), f"/sandbox/{name}/text.txt")
    if one.get("bundle"):
        yield Link(t.gettext("sandbox.bundle"), one["bundle"])
    if one.get("policy"):
        yield Link(t.gettext("sandbox.policy"), one["policy"])
