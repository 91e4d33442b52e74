"""What is shown of one agreement: its state, who signed on both sides, and what a person may do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognition.console.desks import MAPPER, SIGNATORY
from recognition.console.forms import UPLOADS, Button, FieldMaker, FormView, options
from recognition.console.page import table, text, typed
from recognition.console.words import ASKS, REASONS
from verifier.edge.page.account import Fact, Link
from verifier.edge.page.grid import Cell

if TYPE_CHECKING:
    from recognition.agreement_answer import Answer
    from recognition.console.agreement_desk import AgreementDesk
    from recognition.console.corridor import Corridor
    from recognition.console.desks import Desks
    from recognition.treaty import Treaty
    from verifier.edge.console.visit import Visit
    from verifier.edge.page.grid import Grid

SIGNATORIES = frozenset({SIGNATORY})
WORKERS = frozenset({MAPPER, SIGNATORY})


def agreement_facts(visit: Visit, treaty: Treaty, corridor: Corridor, answer: Answer | None) -> tuple[Fact, ...]:
    """Return the agreement in short, with who has signed and for whom it waits."""
    t, terms = visit.t, treaty.terms
    nobody = t.gettext("foreign.signed.nobody")
    ours = corridor.ours
    signed = t.gettext("foreign.signed.ours", name=ours.person, version=str(ours.version)) if ours else nobody
    theirs = (
        t.gettext("foreign.signed.theirs", first=corridor.theirs[0], second=corridor.theirs[1])
        if corridor.theirs
        else nobody
    )
    facts = [
        Fact(t.gettext("foreign.head.state"), (t.gettext(f"foreign.state.{corridor.state}"),)),
        Fact(t.gettext("foreign.head.waits_for"), (t.gettext(f"foreign.waits.{corridor.waits_for}"),)),
        Fact(t.gettext("foreign.signature.ours"), (signed,)),
        Fact(t.gettext("foreign.signature.theirs"), (theirs,)),
        Fact(t.gettext("foreign.head.digest"), (treaty.sha256,)),
        Fact(
            t.gettext("foreign.schemes.title"), (f"{terms.foreign.scheme} → {terms.home.scheme} {terms.home.version}",)
        ),
        Fact(
            t.gettext("foreign.mappings.title"),
            links=tuple(Link(one.head.id, f"/mappings/{one.head.id}/versions") for one in treaty.mappings),
        ),
        Fact(t.gettext("foreign.draw.closes"), (terms.comment.closes.isoformat(),)),
        Fact(t.gettext("foreign.draw.not_after"), (terms.not_after.isoformat(),)),
    ]
    if answer is not None:
        facts.append(Fact(t.gettext("foreign.answer.at"), moments=(visit.moment(answer.list.iat),)))
        if answer.list.is_stale(visit.now):
            facts.append(Fact(t.gettext("foreign.answer.stale"), (t.gettext("foreign.answer.stale.text"),)))
    return tuple(facts)


def signature_grid(visit: Visit, desk: AgreementDesk, label: str) -> Grid:
    """Return what this side signed."""
    t = visit.t
    rows = [
        (
            text(str(one.version)),
            Cell(codes=(one.sha256,)),
            Cell(moments=(visit.moment(one.at),)),
            text(one.person),
            text(str(one.entry) if one.entry is not None else t.gettext("foreign.unsent")),
            Cell(links=(Link(t.gettext("foreign.proposal.take"), f"/agreements/{label}/proposals/{one.version}"),)),
        )
        for one in reversed(desk.signatures(label))
    ]
    return table(visit, "signatures", ("version", "digest", "at", "who", "entry", "take"), rows)


def answer_grid(visit: Visit, answer: Answer | None) -> Grid:
    """Return what the home authority signed, entry by entry."""
    rows = [
        (
            text(str(one.index)),
            Cell(codes=(one.type,)),
            Cell(moments=(visit.moment(one.at),)),
            Cell(codes=one.holders),
            text(str(one.version or "")),
            Cell(codes=(one.sha256,)) if one.sha256 else text(""),
        )
        for one in (answer.entries if answer else ())
    ]
    return table(visit, "answers", ("entry", "what", "at", "who", "version", "digest"), rows)


def fact_grid(visit: Visit, desk: AgreementDesk, label: str) -> Grid:
    """Return the facts that this side stated."""
    t = visit.t
    rows = [
        (text(str(no)), Cell(links=(Link(t.gettext("foreign.fact.take"), f"/agreements/{label}/facts/{no}"),)))
        for no in desk.facts(label)
    ]
    return table(visit, "facts", ("version", "take"), rows)


def act_forms(visit: Visit, desks: Desks, label: str, corridor: Corridor) -> tuple[FormView, ...]:
    """Return what this person may do with the agreement as it stands."""
    found = []
    if visit.person.may(SIGNATORIES) and corridor.ours is None:
        # What is signed is what this page showed, whoever writes the terms anew meanwhile.
        found.append(_plain(visit, label, "sign", ("sha256", desks.agreements.treaty(label).sha256)))
    if visit.person.may(SIGNATORIES) and corridor.waits_for == "sending":
        found.append(_plain(visit, label, "send"))
    if visit.person.may(WORKERS):
        found += [_plain(visit, label, "ask"), _answer_form(visit, label), *_release_form(visit, desks, label)]
    if visit.person.may(SIGNATORIES) and corridor.state in ("in_force", "suspended"):
        found.append(_fact_form(visit, label))
    return tuple(found)


def _plain(visit: Visit, label: str, act: str, *hidden: tuple[str, str]) -> FormView:
    t = visit.t
    notes = (t.gettext(f"foreign.act.{act}.text"),)
    button = (Button(act, t.gettext(f"foreign.act.{act}.send")),)
    return FormView(
        act,
        f"/agreements/{label}/{act}",
        t.gettext(f"foreign.act.{act}"),
        (),
        button,
        notes=notes,
        hidden=(("form", act), *hidden),
    )


def _answer_form(visit: Visit, label: str) -> FormView:
    t, make = visit.t, FieldMaker("answer")
    fields = (make.file("answer", t.gettext("foreign.answer.file"), accept=".json"),)
    title, button = t.gettext("foreign.answer.form"), (Button("take", t.gettext("foreign.answer.send")),)
    return FormView(
        "answer", f"/agreements/{label}/answer", title, fields, button, hidden=(("form", "answer"),), enctype=UPLOADS
    )


def _release_form(visit: Visit, desks: Desks, label: str) -> tuple[FormView, ...]:
    t, make = visit.t, FieldMaker("mapping")
    pinned = {one.digest for one in desks.agreements.treaty(label).mappings}
    names = {one.head.id for one in desks.agreements.treaty(label).mappings} & set(desks.mappings.names())
    others = [
        (f"{name}:{one.no}", f"{name}, {t.gettext('foreign.release', no=str(one.no))}")
        for name in sorted(names)
        for one in desks.mappings.releases(name)
        if one.sha256 not in pinned
    ]
    if not others:
        return ()
    fields = (make.select("release", t.gettext("foreign.head.release"), options(others, "")),)
    button = (Button("pin", t.gettext("foreign.pin.send")),)
    return (
        FormView(
            "mapping",
            f"/agreements/{label}/mapping",
            t.gettext("foreign.pin"),
            fields,
            button,
            hidden=(("form", "mapping"),),
        ),
    )


def _fact_form(visit: Visit, label: str) -> FormView:
    t, make = visit.t, FieldMaker("fact")
    asks = [(one, t.gettext(f"foreign.asks.{one}")) for one in ASKS]
    reasons = [(one, t.gettext(f"foreign.reason.{one}")) for one in REASONS]
    fields = (
        make.select("asks", t.gettext("foreign.fact.asks"), options(asks, typed(visit, "fact", "asks"))),
        make.select("reason", t.gettext("foreign.fact.reason"), options(reasons, typed(visit, "fact", "reason"))),
        make.line("effective", t.gettext("foreign.fact.effective"), typed(visit, "fact", "effective"), type="date"),
        make.line(
            "issuer",
            t.gettext("foreign.fact.issuer"),
            typed(visit, "fact", "issuer"),
            hint=t.gettext("foreign.fact.issuer.hint"),
        ),
    )
    button = (Button("state", t.gettext("foreign.fact.send")),)
    notes = (t.gettext("foreign.fact.text"),)
    return FormView(
        "fact",
        f"/agreements/{label}/facts",
        t.gettext("foreign.fact"),
        fields,
        button,
        notes=notes,
        hidden=(("form", "fact"),),
    )
