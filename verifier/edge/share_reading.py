"""What a reader is told of a share: the verdict on its mark, and how the name in it stands to that very mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.page.account import is_registered
from verifier.examine.examination import Presented
from verifier.mark import parse_mark
from verifier.share import name_standing
from verifier.verify import verify

if TYPE_CHECKING:
    from verifier.bundle import Bundle
    from verifier.share import NameStanding, Share
    from verifier.trust.root import TrustRoot
    from verifier.verdict import Verdict


@dataclass(frozen=True)
class Reading:
    """A share that was opened in its time, and what the evidence says of it."""

    share: Share
    verdict: Verdict
    name: NameStanding


def read_share(share: Share, bundle: Bundle, *, root: TrustRoot, now: int, live: bool) -> Reading:
    """Judge the mark of a share by its evidence, and the name by that mark. Raises MarkError for a broken mark."""
    mark = parse_mark(bundle.mark) if bundle.mark is not None and share.host == root.host else None
    shown = Presented(share.mark, share.host, mark=mark)
    verdict = verify(shown, bundle=bundle, root=root, now=now, live=live)
    return Reading(share, verdict, name_standing(share, mark, is_registered=is_registered(verdict)))
