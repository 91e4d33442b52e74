"""The marks that are held: what a verifier says of each, how long it lasts, and what is printed and embedded of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from xml.sax.saxutils import quoteattr

from issuer.supplier import shelf
from issuer.supplier.home_screens import ANSWERER
from issuer.supplier.package_screens import OFFICER
from issuer.supplier.views import mistake_ids, page
from verifier.bundle import parse_bundle
from verifier.dates import last_valid_day, local_date
from verifier.edge.console.people import ADMIN
from verifier.edge.console.plan import LARGE, Deed, Screen
from verifier.edge.drawing.artwork import Style, artwork_svg
from verifier.edge.drawing.mark_artwork import mark_artwork
from verifier.edge.drawing.qr import qr_png, qr_svg
from verifier.edge.drawing.typesetting import artwork_pdf, artwork_png
from verifier.edge.page.account import account_of
from verifier.edge.page.programme_view import satisfied_programmes
from verifier.edge.request.calendar_file import Day, calendar_file
from verifier.errors import RefusedError, WrongUseError
from verifier.programme import shipped_programmes
from verifier.seal import scan_text
from verifier.verdict import Headline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from issuer.supplier.place import SupplierPlace
    from issuer.supplier.queries_requests import KeptMark
    from verifier.edge.console.visit import Visit
    from verifier.edge.drawing.artwork import Artwork
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict

ENDED = frozenset({Headline.ANNULLED, Headline.WITHDRAWN, Headline.CANCELLED, Headline.SUPERSEDED})
"""What ends a mark before its last day."""
STYLES = ("colour", "mono", "reverse")
REMIND = 90
SVG, PDF, PNG = "image/svg+xml", "application/pdf", "image/png"
EITHER = ANSWERER | OFFICER


class MarkScreens:
    """The handlers over one supplier's place."""

    def __init__(self, place: SupplierPlace) -> None:
        self._place = place

    def screens(self) -> Sequence[Screen]:
        """Return the screens."""
        return (
            Screen("/marks", self.marks),
            Screen("/marks/calendar.ics", self.calendar),
            Screen("/marks/{id}", self.mark),
            Screen("/marks/{id}/{name}", self.drawing),
        )

    def deeds(self) -> Sequence[Deed]:
        """Return the deeds."""
        return (
            Deed("/marks/root", self.pin, frozenset({ADMIN}), again=self.marks),
            Deed("/marks/bundle", self.add, EITHER, again=self.marks, most_bytes=LARGE),
            Deed("/marks/fetch", self.fetch, EITHER, again=self.marks),
            Deed("/marks/{id}/fetch", self.fetch_again, EITHER, again=self.mark),
            Deed("/marks/{id}/forget", self.forget, EITHER, again=self.mark),
        )

    def marks(self, visit: Visit) -> Response:
        """Show the marks that are held."""
        root = shelf.pinned_root(self._place)
        rows = [self._row(visit, one, root) for one in shelf.list_marks(self._place)] if root else []
        return page(
            visit,
            "supplier/marks.html",
            rows=rows,
            roots=[{"host": root.host, "sha256": root.sha256}] if root else [],
            pins=[True] if root is None and visit.person.may(frozenset({ADMIN})) else [],
            unpinned=[] if root else [True],
            via=visit.form.get("via"),
            asked=visit.form.get("asked"),
            own_mistakes=mistake_ids(visit),
        )

    def pin(self, visit: Visit) -> Response:
        """Pin the trust root that marks are judged by."""
        root = shelf.pin_root(self._place, visit.form.file("root").data)
        return visit.go("/marks", "supplier.told.root_pinned", host=root.host)

    def add(self, visit: Visit) -> Response:
        """Put a mark on the shelf, out of a file."""
        mark_id = shelf.add_bundle(self._place, visit.form.file("bundle").data, by=visit.person.id)
        return visit.go(f"/marks/{mark_id}", "supplier.told.mark_added")

    def fetch(self, visit: Visit) -> Response:
        """Put a mark on the shelf, from the registry."""
        asked, via = visit.form.need("asked"), visit.form.get("via")
        mark_id = shelf.fetch_mark(self._place, asked, via=via, by=visit.person.id)
        return visit.go(f"/marks/{mark_id}", "supplier.told.mark_added")

    def fetch_again(self, visit: Visit) -> Response:
        """Fetch the newest evidence about a mark."""
        kept = shelf.find_mark(self._place, visit.params["id"])
        shelf.fetch_mark(self._place, kept.id, via=kept.via, by=visit.person.id)
        return visit.go(f"/marks/{kept.id}", "supplier.told.mark_added")

    def forget(self, visit: Visit) -> Response:
        """Take a mark off the shelf."""
        shelf.forget_mark(self._place, visit.params["id"])
        return visit.go("/marks", "supplier.told.mark_forgotten")

    def mark(self, visit: Visit) -> Response:
        """Show one mark: verdict, reasons, days, what it satisfies, what can be printed and embedded."""
        kept, root, verdict = self._judged(visit)
        is_valid, account = verdict.exit_code == 0, account_of(verdict, visit.t)
        address = f"https://{root.host}/m/{kept.id}"
        holder = verdict.mark.holder if verdict.mark else ""
        alt = f"{holder} ★{verdict.mark.tier}" if verdict.mark else ""
        picture = f'<img src="https://{root.host}/badge/{kept.id}.svg" alt={quoteattr(alt)}>'
        badge = f'<a href="{address}">{picture}</a>'
        share = visit.t.gettext("supplier.share.text", holder=holder, address=address)
        return page(
            visit,
            "supplier/held_mark.html",
            row=self._row(visit, kept, root),
            title=account.words.title,
            account=account,
            programmes=satisfied_programmes(shipped_programmes(), verdict, now=visit.now, t=visit.t),
            drawings=[f"/marks/{kept.id}"] if is_valid else [],
            kinds=_kinds(visit, kept.id),
            address=address,
            embed=[badge] if is_valid else [],
            share=[share] if is_valid else [],
            fetched=visit.moment(kept.at),
            own_mistakes=mistake_ids(visit),
        )

    def drawing(self, visit: Visit) -> Response:
        """Give a drawing of a valid mark, to be shown or kept."""
        kept, root, verdict = self._judged(visit)
        seal = parse_bundle(kept.bundle).seal
        artwork = mark_artwork(verdict, seal, host=root.host)
        style = _style(visit.query.get("style", "colour"))
        match visit.params["name"]:
            case "qr.svg":
                return visit.picture(qr_svg(scan_text(seal or "")), SVG)
            case "qr.png":
                return visit.file(qr_png(scan_text(seal or "")), PNG, f"{kept.id}-qr.png")
            case "artwork.svg":
                return visit.picture(artwork_svg(artwork, style=style), SVG)
            case "artwork.pdf":
                begins = verdict.mark.nbf if verdict.mark else 0
                title = f"{artwork.title} {artwork.number}"
                data = artwork_pdf(artwork_svg(artwork, style=style), title=title, host=root.host, at=begins)
                return visit.file(data, PDF, f"{kept.id}.pdf")
            case "artwork.png":
                return visit.file(_png(artwork, style), PNG, f"{kept.id}.png")
        raise RefusedError("a mark has no such drawing")

    def calendar(self, visit: Visit) -> Response:
        """Give the last days of the marks that are held and not ended, as a calendar."""
        root = shelf.pinned_root(self._place)
        days = []
        for kept in shelf.list_marks(self._place) if root else ():
            verdict = shelf.judge_mark(kept, cast("TrustRoot", root), now=visit.now)
            if verdict.mark is not None and verdict.headline not in ENDED:
                tier, holder = f"★{verdict.mark.tier}", verdict.mark.holder
                words = "supplier.calendar.ends"
                if verdict.headline is Headline.SUSPENDED:
                    # A suspension does not move the last day, but the mark may be withdrawn before it.
                    words = "supplier.calendar.ends_suspended"
                summary = visit.t.gettext(words, holder=holder, tier=tier)
                days.append(Day(last_valid_day(verdict.mark.exp, verdict.zone), summary, kept.id, REMIND))
        data = calendar_file(days, host=root.host if root else "shirushi.invalid", now=visit.now)
        return visit.file(data, "text/calendar", "marks.ics")

    def _judged(self, visit: Visit) -> tuple[KeptMark, TrustRoot, Verdict]:
        root = shelf.pinned_root(self._place)
        if root is None:
            raise RefusedError("no trust root is pinned here", hint="Give its file on the page of the marks.")
        kept = shelf.find_mark(self._place, visit.params["id"])
        return kept, root, shelf.judge_mark(kept, root, now=visit.now)

    def _row(self, visit: Visit, kept: KeptMark, root: TrustRoot) -> dict[str, Any]:
        verdict = shelf.judge_mark(kept, root, now=visit.now)
        account, shown = account_of(verdict, visit.t), verdict.mark
        left = (last_valid_day(shown.exp, verdict.zone) - local_date(visit.now, verdict.zone)).days if shown else 0
        number = str(abs(left))
        return {
            "href": f"/marks/{kept.id}",
            "id": kept.id,
            "holders": account.holders,
            "headline": account.words.title,
            "appearance": account.appearance,
            "explanation": account.words.explanation,
            "next": account.words.next_step,
            "until": [last_valid_day(shown.exp, verdict.zone).isoformat()] if shown else [],
            "left": visit.t.gettext("supplier.days_left" if left >= 0 else "supplier.days_over", days=number),
        }


def _kinds(visit: Visit, mark_id: str) -> list[dict[str, Any]]:
    """Return what there is to be kept: each style of the artwork and the code alone, in every form."""
    stem = f"/marks/{mark_id}"
    kinds = [
        {
            "text": visit.t.gettext(f"supplier.style.{style}"),
            "files": [
                {
                    "form": form.upper(),
                    "href": f"{stem}/artwork.{form}?style={style}",
                    "name": f"{mark_id}-{style}.{form}",
                }
                for form in ("svg", "png", "pdf")
            ],
        }
        for style in STYLES
    ]
    codes = [{"form": one.upper(), "href": f"{stem}/qr.{one}", "name": f"{mark_id}-qr.{one}"} for one in ("svg", "png")]
    return [*kinds, {"text": visit.t.gettext("supplier.mark.qr"), "files": codes}]


def _style(wanted: str) -> Style:
    if wanted not in STYLES:
        raise WrongUseError(f"artwork has no style {wanted[:20]!r}", hint="Use colour, mono or reverse.")
    return cast("Style", wanted)


def _png(artwork: Artwork, style: Style) -> bytes:
    return artwork_png(artwork_svg(artwork, style=style), title=artwork.title, host=artwork.host)
