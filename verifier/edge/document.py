"""What the document of a mark says: the sheet of paper that a holder hangs up or sends, in one language.

Words and facts are those of the mark's page (account.py, treaty_view.py), so that paper and page cannot differ. What is
drawn of them is the registry's own matter. Paper proves nothing: the document says so, and carries the code to scan.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from verifier.dates import last_valid_day
from verifier.edge.drawing.mark_artwork import SAMPLE
from verifier.edge.i18n import plain, translator
from verifier.edge.page.account import account_of, banners
from verifier.edge.page.treaty_view import recognition_view
from verifier.edge.page.wording import tier_words
from verifier.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from verifier.edge.i18n import Translator
    from verifier.edge.page.account import Fact
    from verifier.verdict import Shown, Verdict

Form = Literal["issued", "recognised"]
LIMITS = ("safety", "scope", "endorsement", "evidence", "persons", "voluntary")
RECOGNISED_LIMITS = ("recognition.limits.not_issued", "recognition.limits.depth", "mark.limits.safety")


@dataclass(frozen=True)
class Row:
    """A labelled line of the document."""

    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """Everything that stands on the sheet. ``code`` is the text of the QR, ``begins`` the UTC second of its date."""

    form: Form
    lang: str
    host: str
    kind: str
    title: str
    lead: str
    holder: str
    holder_lang: str
    latin: tuple[str, ...]
    stars: str
    tier: tuple[str, ...]
    scheme: str
    until_label: str
    until: str
    rows: tuple[Row, ...]
    code: str
    code_alt: str
    code_notes: tuple[str, ...]
    paper_title: str
    paper: tuple[str, ...]
    limits_title: str
    limits: tuple[str, ...]
    notices: tuple[str, ...]
    sample: tuple[str, ...]
    foot: str
    begins: int

    def members(self) -> dict[str, Any]:
        """Return the JSON object: the same document has the same members."""
        return asdict(self)


def mark_document(verdict: Verdict, *, host: str, code: str, body: str | None, lang: str) -> Document:
    """Return the document of a valid mark. ``body`` is the disclosed name of the body that issued it.

    Raises RefusedError for a mark that is not valid: what is not valid is not printed.
    """
    shown, t = verdict.mark, translator(lang)
    if verdict.exit_code != 0 or shown is None:
        raise RefusedError(f"only a valid mark has a document; this one is {verdict.headline.value}")
    account = account_of(verdict, t)
    holder = account.holders[0]
    return Document(
        form="issued",
        lang=lang,
        host=host,
        kind=t.gettext("document.kind"),
        title=t.gettext("document.title"),
        lead=t.gettext("document.lead"),
        holder=holder.name,
        holder_lang=holder.lang or lang,
        latin=holder.latin,
        stars=holder.stars.drawn,
        tier=_both(shown, lang),
        scheme=holder.scheme,
        rows=tuple(_issued_rows(account.facts, body)),
        code=code,
        code_alt=t.gettext("mark.code.alt"),
        foot=shown.id,
        begins=shown.nbf,
        paper=_paper("document.attached.mark", t),
        limits=tuple(t.gettext(f"mark.limits.{one}") for one in LIMITS),
        **_common(verdict.environment, shown.exp, verdict.zone, host, t),
    )


def recognition_document(
    answer: Mapping[str, Any], *, environment: str, zone: str, host: str, code: str, lang: str
) -> Document:
    """Return the document of a recognised foreign assessment, which never looks like that of an issued mark.

    Raises RefusedError for what is not recognised now.
    """
    if answer["state"] != "recognised":
        raise RefusedError(f"only what is recognised now has a document; this is {answer['state']}")
    t = translator(lang)
    view = recognition_view(answer, zone=zone, lang=lang, t=t)
    # The holder is known here by its number alone, which stands above the rows.
    facts = (*view.facts[1:], *view.receipt)
    return Document(
        form="recognised",
        lang=lang,
        host=host,
        kind=t.gettext("recognition.kind"),
        title=t.gettext("document.recognised.title"),
        lead=t.gettext("recognition.not_issued"),
        holder=" ".join(view.facts[0].texts),
        holder_lang=lang,
        latin=(view.facts[0].label,),
        stars=view.stars.drawn,
        tier=(f"{view.stars.text} {view.stars.words}",),
        scheme=" ".join(view.facts[4].texts),
        rows=tuple(Row(fact.label, _texts(fact)) for fact in facts),
        code=code,
        code_alt=t.gettext("recognition.code.alt"),
        foot=answer["recognition"].rpartition("/")[2],
        begins=answer["recorded"],
        paper=_paper("document.attached.receipt", t),
        limits=tuple(t.gettext(one) for one in RECOGNISED_LIMITS),
        **_common(environment, answer["until"], zone, host, t, more=view.notices),
    )


def _common(
    environment: str | None, exp: int, zone: str, host: str, t: Translator, *, more: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what both forms say: until which month, and that it is no real one where it is none."""
    warnings = banners(environment, t)
    return {
        "until_label": t.gettext("document.until"),
        "until": f"{last_valid_day(exp, zone):%Y-%m}",
        "code_notes": (t.gettext("document.code"), t.gettext("mark.code.host", host=host)),
        "paper_title": t.gettext("document.paper.title"),
        "limits_title": t.gettext("mark.limits.title"),
        "notices": (*(f"{one.title}: {one.text}" for one in warnings), *more),
        "sample": (SAMPLE,) if environment == "sandbox" else (),
    }


def _paper(attached: str, t: Translator) -> tuple[str, ...]:
    """Return what the paper is worth; ``attached`` is the id of the sentence about what the PDF carries."""
    return tuple(t.gettext(one) for one in ("document.paper.text", "document.paper.match", attached))


def _both(shown: Shown, lang: str) -> tuple[str, ...]:
    """Return the tier in both languages, the document's own first."""
    languages = ("ja", "en") if lang == "ja" else ("en", "ja")
    words = [tier_words(shown.tier, shown.basis, translator(one)) for one in languages]
    return (f"★{shown.tier} {words[0]}", words[1])


def _issued_rows(facts: tuple[Fact, ...], body: str | None) -> Iterable[Row]:
    for fact in facts:
        # Only the issuer's line leads somewhere: there the body's name stands before its number.
        name = (plain(body),) if body and fact.links else ()
        yield Row(fact.label, (*name, *_texts(fact)))


def _texts(fact: Fact) -> tuple[str, ...]:
    """Return the lines of a fact; a date in words of the scheme's zone and exactly in UTC."""
    return (*fact.texts, *(str(one) for one in fact.moments), *(one.text for one in fact.links))
