"""The erasure of a body's name: what would be gone, and the same as the second operator reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.edge.authority.cards import Card, FormView
from verifier.edge.authority.words import act_words, body_way
from verifier.edge.i18n import plain
from verifier.edge.page.account import Fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.edge.i18n import Translator


def erasure_cards(no: int, found: Mapping[str, Any], t: Translator) -> tuple[Card, ...]:
    """Return what would be erased, and the form that proposes it where there is something."""
    title = act_words("disclosure_erased", t)
    if not found["count"]:
        text = t.gettext("operator.erasure.none")
        return (Card("erase", title, texts=(text,), facts=_facts(no, found, t)),)
    form = FormView(f"/bodies/{no}/erase-name", t.gettext("operator.propose"), looks="quiet danger")
    texts = (t.gettext("operator.erasure.text"), t.gettext("operator.erasure.two"))
    warning = (t.gettext("operator.erasure.warning"),)
    return (Card("erase", title, texts=texts, warnings=warning, facts=_facts(no, found, t), forms=(form,)),)


def erasure_proposal_cards(no: int, found: Mapping[str, Any], t: Translator) -> tuple[Card, ...]:
    """Return what is proposed: the name as it is disclosed now, and the commitments that it opens."""
    facts = (
        *_facts(no, found, t),
        Fact(t.gettext("operator.erasure.commitments"), texts=tuple(found["commitments"])),
        Fact(t.gettext("operator.erasure.key"), texts=(found["key"],)),
    )
    warning = (t.gettext("operator.erasure.warning"),)
    title = t.gettext("operator.proposal.title")
    return (Card("said", title, texts=(t.gettext("operator.erasure.text"),), warnings=warning, facts=facts),)


def _facts(no: int, found: Mapping[str, Any], t: Translator) -> tuple[Fact, ...]:
    name = plain(found["name"]) if found["name"] else t.gettext("operator.never")
    return (
        Fact(t.gettext("bodies.body"), links=(body_way(no, None, t),)),
        Fact(t.gettext("operator.body.name"), texts=(name,)),
        Fact(t.gettext("operator.proposal.object"), texts=(plain(found["organisation"]),)),
    )
