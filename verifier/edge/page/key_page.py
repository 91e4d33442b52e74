"""The page that says whether a key somebody shows belongs to a body: the answer, each check, and what it cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import Fact, Link, banners
from verifier.edge.page.wording import Appearance, headline_appearance, result_appearance
from verifier.edge.rendering import render
from verifier.names import parse_name
from verifier.replay.key_standing import CHECKS, HEADLINES, REASONS
from verifier.verdict import Headline, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verifier.edge.i18n import Translator

ROLES = ("assessor", "decider", "desk")
KINDS = ("key_id", "key_proof", "attestation")
_LIKE = {
    "confirmed": Headline.VALID,
    "listed": Headline.NOT_CONFIRMED,
    "not_in_force": Headline.SUSPENDED,
    "other_body": Headline.FORGED,
    "not_listed": Headline.NOT_FOUND,
    "forged": Headline.FORGED,
    "unread": Headline.NOT_CONFIRMED,
}
"""Each answer looks like the answer about a mark that it is like."""


@dataclass(frozen=True)
class KeyLine:
    """One check in words."""

    title: str
    result: str
    text: str
    appearance: Appearance


def key_page(answer: Mapping[str, Any], *, environment: str, zone: str, lang: str) -> str:
    """Return the page out of the JSON answer."""
    t = translator(lang)
    path, asked = f"/e/{parse_name(answer['body']['uri']).value}", answer["asked"]
    headline = answer.get("headline", "unread")
    return render(
        "key.html",
        lang=lang,
        path=f"{path}/key",
        query={name: value for name, value in asked.items() if value},
        title=t.gettext(f"key.headline.{headline}.title"),
        banners=banners(environment, t),
        body=Link(_name(answer["body"], t), path),
        explanation=t.gettext(f"key.headline.{headline}.explanation"),
        next_step=t.gettext(f"key.headline.{headline}.next"),
        appearance=headline_appearance(_LIKE[headline]),
        facts=tuple(_facts(answer, zone, t)) if "headline" in answer else (),
        lines=[_line(one, t) for one in answer.get("checks", ())],
        action=f"{path}/key",
        asked=asked,
        mistakes=(t.gettext("key.unread"),) if headline == "unread" else (),
    )


def key_message_ids() -> list[str]:
    """Return the ids that are put together here."""
    return [
        *(f"key.headline.{one}.{part}" for one in (*HEADLINES, "unread") for part in ("title", "explanation", "next")),
        *(f"key.check.{one}" for one in CHECKS),
        *(f"key.reason.{one}" for one in REASONS),
        *(f"key.role.{one}" for one in ROLES),
        *(f"key.kind.{one}" for one in KINDS),
    ]


def _facts(answer: Mapping[str, Any], zone: str, t: Translator) -> Iterator[Fact]:
    shown, listed = answer["shown"], answer["listed_for"]
    yield Fact(t.gettext("key.fact.as_of"), moments=(t.moment(answer["as_of"], zone),))
    if shown:
        yield Fact(t.gettext("key.fact.shown"), texts=(t.gettext(f"key.kind.{shown['kind']}"),))
        if shown["iat"] is not None:
            yield Fact(t.gettext("key.fact.signed"), moments=(t.moment(shown["iat"], zone),))
    if listed:
        number = parse_name(listed["uri"]).value
        yield Fact(t.gettext("key.fact.body"), links=(Link(_name(listed, t), f"/e/{number}"),))
        yield Fact(t.gettext("key.fact.role"), texts=(t.gettext(f"key.role.{answer['role']}"),))
    if answer["since"] is not None:
        yield Fact(t.gettext("key.fact.since"), moments=(t.moment(answer["since"], zone),))
    if shown and listed:
        address = f"/history/k/{shown['kid']}"
        yield Fact(t.gettext("key.fact.key"), links=(Link(shown["kid"], address),))


def _name(body: Mapping[str, Any], t: Translator) -> str:
    return plain(body["name"]) if body["name"] else t.gettext("issuer.number", no=parse_name(body["uri"]).value)


def _line(check: Mapping[str, str], t: Translator) -> KeyLine:
    result = Result(check["result"])
    return KeyLine(
        t.gettext(f"key.check.{check['name']}"),
        t.gettext(f"result.{result.value}"),
        t.gettext(f"key.reason.{check['reason']}"),
        result_appearance(result),
    )
