"""The list of notices: which ones there are, newest first, as a plain file beside the latest directory.

It is a function of the log's first ``size`` entries, so an auditor makes it again; the texts are documents under the
digests that it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.encoding import canonical, read_object
from verifier.errors import MalformedError
from verifier.schema import Closed, Code, Count, Digest, Index, Instant, Many, Uri, read_model

if TYPE_CHECKING:
    from verifier.replay.state import LogState

PATH = "notices/list.json"
MOST = 500


class ListedNotice(Closed):
    """One version of a notice, with its entry and the date that it bears."""

    uri: Uri
    kind: Code
    sha256: Digest
    index: Index
    at: Instant


class NoticeList(Closed):
    """The newest notices over the first ``size`` entries."""

    size: Count
    notices: Many[ListedNotice]


def notice_list(state: LogState, size: int) -> bytes:
    """Return the list over the first ``size`` entries of a state."""
    known = [one for one in state.notices if one.index < size][-MOST:]
    rows: list[dict[str, Any]] = [vars(one) for one in reversed(known)]
    return canonical({"size": size, "notices": rows}) + b"\n"


def read_notice_list(data: bytes) -> NoticeList:
    """Return the list. Raises MalformedError, NewerVersionError or StatementError."""
    value = read_object(data)
    if canonical(value) + b"\n" != data:
        raise MalformedError("the list of notices is not in its one form")
    return read_model(NoticeList, value, what="list of notices")
