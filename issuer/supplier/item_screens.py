"""The guided self-assessment: one item a page, the list of all of them, and what is left to do.

A page knows which answer it was opened at; where somebody else answered meanwhile, both are shown and nothing is lost.
What is typed and not yet sent is kept in the browser by a script (static/supplier/keep.js); without scripts all else
works.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from issuer.answers import WORDS
from issuer.readiness import OPEN, readiness
from issuer.supplier.answering import known_item
from issuer.supplier.home_screens import ANSWERER
from issuer.supplier.views import TONES, answer_view, mistake_ids, names_of, page
from verifier.edge.console.plan import LARGE, Deed, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.readiness import ToDo
    from issuer.supplier.answering import Progress
    from issuer.supplier.place import SupplierPlace
    from verifier.edge.console.visit import Visit


class ItemScreens:
    """The handlers over one supplier's place."""

    def __init__(self, place: SupplierPlace) -> None:
        self._place = place

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (Screen("/items", self.items), Screen("/items/{item}", self.item), Screen("/gaps", self.gaps))

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed("/items/{item}", self.save, ANSWERER, again=self.item, most_bytes=LARGE),
            Deed("/items/{item}/files/{number:int}/remove", self.remove_file, ANSWERER, again=self.item),
        )

    def items(self, visit: Visit) -> Response:
        """Show every item with its answer, under the headings of the criteria."""
        progress = self._place.need()
        pack, lang = progress.undertaking.pack, visit.lang
        answers = {one.item: one for one in progress.answers}
        category_of = {one.id: one.category for one in pack.requirements}
        groups = []
        for category in pack.head.categories:
            found = [
                one for one in pack.items_for(progress.undertaking.level) if category_of[one.requirement] == category.id
            ]
            answered = sum(answers[one.id].word != "unanswered" for one in found)
            rows = [
                {
                    "id": one.id,
                    "label": one.label(lang),
                    "href": f"/items/{one.id}",
                    "word": visit.t.gettext(f"supplier.word.{answers[one.id].word}"),
                    "tone": TONES[answers[one.id].word],
                }
                for one in found
            ]
            if found:
                groups.append(
                    {
                        "title": category.label.in_(lang),
                        "count": f"{answered} / {len(found)}",
                        "rows": rows,
                        "attributes": "" if answered == len(found) else "open",
                    }
                )
        return page(visit, "supplier/items.html", groups=groups, **_counts(progress))

    def item(self, visit: Visit) -> Response:
        """Show one item: what it asks, what usually shows it, its answer."""
        progress = self._place.need()
        item_id = known_item(progress.undertaking, visit.params["item"])
        given, names = progress.given.get(item_id), names_of(visit)
        kept = given.says if given else ("unanswered", "", "")
        fields = ("answer", "justification", "evidence")
        typed = bool(visit.mistake) and "seen" in visit.form.fields
        shown = {name: visit.form.get(name) if typed else text for name, text in zip(fields, kept, strict=True)}
        conflict = visit.mistake is not None and visit.mistake.code == "conflict" and given is not None
        return page(
            visit,
            "supplier/item.html",
            **self._asked(visit, progress, item_id),
            **_counts(progress),
            shown=shown,
            choices=_choices(visit, shown["answer"]),
            seen=str(given.no if given else 0),
            present=[answer_view(visit, given, names)] if given and conflict else [],
            history=[answer_view(visit, one, names) for one in self._place.earlier_answers(item_id)],
            files=[
                {"no": str(one.no), "name": one.name, "sha256": f"SHA-256 {one.sha256}", "size": f"{one.size:,}"}
                for one in progress.attached.get(item_id, ())
            ],
            drafts=_drafts(visit, progress, item_id),
            may_answer=[True] if visit.person.may(ANSWERER) else [],
            own_mistakes=mistake_ids(visit),
            saved=visit.query.get("saved", ""),
        )

    def save(self, visit: Visit) -> Response:
        """Keep an answer, and a file that shows it, and go on."""
        item, form = visit.params["item"], visit.form
        says = (form.need("answer"), form.get("justification"), form.get("evidence"))
        self._place.answer(item, says, seen=form.number("seen"), by=visit.person.id)
        file = form.files.get("file")
        attached = file is not None and bool(file.filename)
        if file is not None and attached:
            self._place.attach(item, file.filename, file.data, by=visit.person.id)
        if attached or form.get("then") != "next":
            return visit.go(f"/items/{item}?saved={item}", "supplier.told.saved", item=item)
        following = self._place.need().next_open(item)
        if following is None:
            return visit.go(f"/gaps?saved={item}", "supplier.told.all_answered")
        return visit.go(f"/items/{following}?saved={item}", "supplier.told.saved", item=item)

    def remove_file(self, visit: Visit) -> Response:
        """Note that a file shows the answer no more."""
        self._place.detach(int(visit.params["number"]))
        return visit.go(f"/items/{visit.params['item']}", "supplier.told.file_removed")

    def gaps(self, visit: Visit) -> Response:
        """Show what is left, by why it is open, and what to do about it."""
        progress = self._place.need()
        left = readiness(progress.undertaking.pack, progress.undertaking.level, progress.answers)
        groups = []
        for why in OPEN:
            rows = _todo_rows(visit, [one for one in left.todo if one.why == why])
            title, text = visit.t.gettext(f"supplier.why.{why}"), visit.t.gettext(f"supplier.why.{why}.text")
            if rows:
                groups.append({"title": title, "text": text, "count": str(len(rows)), "rows": rows, "name": why})
        return page(
            visit,
            "supplier/gaps.html",
            groups=groups,
            ready=[True] if left.is_ready else [],
            saved=visit.query.get("saved", ""),
            **_counts(progress),
        )

    def _asked(self, visit: Visit, progress: Progress, item_id: str) -> dict[str, Any]:
        pack, lang = progress.undertaking.pack, visit.lang
        items = pack.items_for(progress.undertaking.level)
        at = next(number for number, one in enumerate(items) if one.id == item_id)
        item = items[at]
        requirement = next(one for one in pack.requirements if one.id == item.requirement)
        category = next(one for one in pack.head.categories if one.id == requirement.category)
        return {
            "title": f"{item.id} {item.label(lang)}",
            "item": {"id": item.id, "label": item.label(lang), "other": item.label("en" if lang == "ja" else "ja")},
            "other_lang": "en" if lang == "ja" else "ja",
            "requirement": {
                "id": requirement.id,
                "label": requirement.label_ja if lang == "ja" else requirement.label_en,
            },
            "category": category.label.in_(lang),
            "examples": _examples(category.evidence.in_(lang)) if category.evidence else [],
            "notice": pack.head.notice.in_(lang),
            "source": pack.head.source.title,
            "place": str(at + 1),
            "previous": [f"/items/{items[at - 1].id}"] if at > 0 else [],
            "following": [f"/items/{items[at + 1].id}"] if at + 1 < len(items) else [],
        }


def _todo_rows(visit: Visit, todo: Sequence[ToDo]) -> list[dict[str, Any]]:
    """Return what is left; an example of evidence stands where it begins to be another one."""
    rows, before = [], ""
    for one in todo:
        hint = one.evidence.in_(visit.lang) if one.evidence and one.why != "to_approve" else ""
        rows.append(
            {
                "id": one.item.id,
                "label": one.item.label(visit.lang),
                "href": f"/items/{one.item.id}",
                "evidence": [hint] if hint != before else [],
            }
        )
        before = hint
    return rows


def _counts(progress: Progress) -> dict[str, str]:
    answers = progress.answers
    answered = sum(one.word != "unanswered" for one in answers)
    return {"total": str(len(answers)), "answered": str(answered)}


def _examples(text: str) -> list[str]:
    """Return the kinds of evidence that a pack names in one line, one by one where its signs keep them apart."""
    return [one.strip() for one in text.split("、") if one.strip()]


def _choices(visit: Visit, chosen: str) -> list[dict[str, str]]:
    order = (*(one for one in WORDS if one != "unanswered"), "unanswered")
    return [
        {
            "value": one,
            "text": visit.t.gettext(f"supplier.word.{one}"),
            "hint": visit.t.gettext(f"supplier.word.{one}.text"),
            "attributes": "checked" if one == chosen else "",
        }
        for one in order
    ]


def _drafts(visit: Visit, progress: Progress, item_id: str) -> list[dict[str, str]]:
    draft = progress.drafts.get(item_id)
    if draft is None:
        return []
    return [
        {
            "words": visit.t.gettext(f"supplier.draft.{draft.draft}"),
            "because": draft.because,
            "evidence": draft.evidence,
            "source": draft.source,
        }
    ]
