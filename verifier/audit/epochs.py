"""Directory epochs: each logged root is computed again, and the pointer to the latest one has to be right."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.audit.kinds import Code
from verifier.directory.proven import POINTER
from verifier.encoding import b64u, canonical, read_object
from verifier.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.audit.directory_fold import DirectoryFold
    from verifier.audit.finding import Findings
    from verifier.directory.record import Line
    from verifier.statement import Statement
    from verifier.statement.public import DirectoryPublished

SHOWN_WITHIN = 120
_REMEMBERED = 64


@dataclass(frozen=True)
class Epoch:
    """One logged epoch: its entry, the size that it is over, when it was signed."""

    entry: int
    size: int
    iat: int


@dataclass(frozen=True)
class Changed:
    """The records that an epoch changed against the one over ``since`` entries.

    None where its delta goes further back: to an epoch that was logged before this one's size.
    """

    since: int | None
    lines: tuple[Line, ...]


class Epochs:
    """The epochs of one log in order. ``count`` is the number of roots that were computed again."""

    def __init__(self, fold: DirectoryFold, findings: Findings, newest: Iterable[Epoch] = ()) -> None:
        """Go on after those epochs."""
        self._fold = fold
        self._findings = findings
        self.newest: deque[Epoch] = deque(newest, maxlen=_REMEMBERED)
        self.count = 0

    def take(self, index: int, statement: Statement, public: DirectoryPublished) -> Changed | None:
        """Compute the epoch's root again; return what it changed, None where it cannot be computed."""
        # One that claims to know later entries reached nothing.
        reached = max((epoch.size for epoch in self.newest if epoch.size <= epoch.entry), default=0)
        before = [epoch.size for epoch in self.newest if epoch.entry < public.size]
        self.newest.append(Epoch(index, public.size, statement.iat))
        if not reached <= public.size <= index:
            return None
        lines = self._fold.advance(public.size)
        self.count += 1
        tree = self._fold.tree
        if (tree.bits, b64u(tree.root)) != (public.bits, public.root):
            detail = f"the root over the first {public.size} entries is {b64u(tree.root)}"
            self._findings.add(Code.DIRECTORY_WRONG, detail, entry=index, object=statement.object)
        return Changed(reached if before[-1:] == [reached] else None, lines)


def check_pointer(data: bytes | None, epochs: Sequence[Epoch], findings: Findings, *, as_of: int) -> None:
    """Check the published pointer, read just before the checkpoint whose time is ``as_of``."""
    if data is None:
        if epochs:
            # A directory is shown once a checkpoint covers its entry: the very first may still be on its way.
            code = Code.MISSING_FILE if epochs[0].iat + SHOWN_WITHIN < as_of else Code.UNFINISHED_FILE
            findings.add(code, "no directory is shown", path=POINTER)
        return
    try:
        value = read_object(data)
        if data.removesuffix(b"\n") != canonical(value):
            findings.add(Code.NOT_ITS_FORM, path=POINTER)
    except EvidenceError as error:
        findings.add(Code.MALFORMED_FILE, error.message, path=POINTER)
        return
    places = [at for at, one in enumerate(epochs) if value == {"entry": one.entry, "size": one.size}]
    later = list(epochs)[places[-1] + 1 :] if places else []
    if not places:
        findings.add(Code.DIRECTORY_POINTER_WRONG, "it names no recent epoch", path=POINTER)
    elif later and later[0].iat + SHOWN_WITHIN < as_of:
        findings.add(Code.DIRECTORY_POINTER_WRONG, f"entry {later[0].entry} is newer", path=POINTER)
