"""A share: what a holder shows of its mark to one addressee, until a day (docs/specification/share.md).

A mark is public to whoever knows its id; a sole proprietor's name is not, and stands in the mark as a commitment. A
share carries the id and, where the holder wants it, what opens that commitment. It travels behind the ``#`` of a link,
which browsers send to no server.

Not done here: signing. A holder has no key that a mark names, so addressee and dates are the words of whoever made the
link. What is proven is the name: it fits the commitment in a mark that its body signed and the log holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from verifier.encoding import b64u, canonical, read_object, unb64u
from verifier.envelope import DAY
from verifier.errors import MalformedError, RefusedError, StatementError, WrongUseError
from verifier.names import HOST, log_origin
from verifier.schema import Closed, Instant, Nonce, One, read_model
from verifier.statement.commitment import Disclosure, check_disclosure, salt_from
from verifier.statement.public import MarkId

if TYPE_CHECKING:
    from verifier.injected import Entropy
    from verifier.mark import Mark

PATH = "/s"
MAX_BYTES = 3072
LONGEST = 366 * DAY
NAME = "name"
SECRET_BYTES = 32
_LINK = re.compile(r"(?:https?://[^\s/#]{1,100}/s(?:\?[^\s#]{0,100})?#)?([so])\.([A-Za-z0-9_-]{1,4200})", re.ASCII)

Line = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
NameStanding = Literal["none", "fits", "unfit", "unconfirmed"]
"""Nothing is said of a name; it fits the mark's commitment; it fits none; or the mark itself could not be confirmed."""


class NameOpening(Closed):
    """What opens the commitment to a sole proprietor's name."""

    salt: Nonce
    value: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Share(Closed):
    """What is shown to whom, until when. ``id`` is random, so that no two links are the same."""

    v: One
    id: Nonce
    host: Annotated[str, StringConstraints(pattern=rf"^{HOST.pattern}$")]
    mark: MarkId
    to: Line
    made: Instant
    until: Instant
    name: NameOpening | None = Field(default=None)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if not self.made < self.until <= self.made + LONGEST:
            raise ValueError("a share ends after it is made, and 366 days later at most")
        return self

    def serialize(self) -> bytes:
        """Return the canonical JSON."""
        return canonical(self.members())

    def link(self) -> str:
        """Return the link that carries all of it."""
        return f"https://{self.host}{PATH}#s.{b64u(self.serialize())}"


@dataclass(frozen=True)
class Secret:
    """The secret of a one-time link: what it opens lies encrypted at the registry, once."""

    secret: bytes

    def link(self, host: str) -> str:
        """Return the link that carries it."""
        return f"https://{host}{PATH}#o.{b64u(self.secret)}"


@dataclass(frozen=True)
class Showing:
    """What a holder decided: to whom the mark is shown, until when, and what opens its name where that is shown."""

    to: str
    until: int
    name: Disclosure | None = None


def new_share(mark: Mark, showing: Showing, *, now: int, entropy: Entropy) -> Share:
    """Return the share of a mark.

    Raises WrongUseError for a day that is over or too far off, StatementError for a name or an addressee that does not
    fit, RefusedError.
    """
    if showing.until <= now:
        raise WrongUseError("the last day on which it is shown is over", hint="Name today or a later day.")
    if showing.until > now + LONGEST:
        raise WrongUseError("a link shows a mark for 366 days at most", hint="Name an earlier day.")
    opened = showing.name
    if opened is not None:
        if mark.content.org.name_sd is None:
            raise RefusedError("this mark shows its holder's name to everybody", hint="Share it without name.json.")
        _check_name(mark, opened)
    members = {
        "v": 1,
        "id": salt_from(entropy),
        "host": mark.host,
        "mark": mark.id,
        "to": showing.to,
        "made": now,
        "until": showing.until,
        **({"name": {"salt": opened.salt, "value": opened.value}} if opened is not None else {}),
    }
    return read_model(Share, members, what="share")


def parse_share(data: bytes) -> Share:
    """Return the share of its bytes. Raises MalformedError, StatementError or NewerVersionError."""
    if len(data) > MAX_BYTES:
        raise MalformedError(f"a share has {MAX_BYTES} bytes at most")
    return read_model(Share, read_object(data), what="share")


def read_link(text: str) -> Share | Secret:
    """Return what a link carries, or what stands behind its ``#``. Raises as ``parse_share``."""
    found = _LINK.fullmatch(text.strip())
    if found is None:
        raise MalformedError("this is not a link that shows a mark", hint="Copy all of it, with what follows the #.")
    try:
        content = unb64u(found[2])
        if found[1] == "s":
            return parse_share(content)
    except MalformedError as error:
        # What was cut off is no whole base64url, or no whole JSON: whoever pasted it cannot do anything with that.
        raise _incomplete() from error
    if len(content) != SECRET_BYTES:
        raise _incomplete()
    return Secret(content)


def _incomplete() -> MalformedError:
    return MalformedError("the link is not whole", hint="Copy all of it, with all that follows the #.")


def name_standing(share: Share, mark: Mark | None, *, is_registered: bool) -> NameStanding:
    """Return how the name in a share stands to its mark; ``is_registered`` says whether the log confirms the mark."""
    if share.name is None:
        return "none"
    if mark is None or not is_registered:
        return "unconfirmed"
    try:
        _check_name(mark, Disclosure(share.name.salt, NAME, share.name.value))
    except StatementError:
        return "unfit"
    return "fits"


def _check_name(mark: Mark, opened: Disclosure) -> None:
    if opened.name != NAME:
        raise StatementError("this opens something else than a name")
    sd = (mark.content.org.name_sd,) if mark.content.org.name_sd else ()
    check_disclosure(opened, log=log_origin(mark.host), object=mark.sub, sd=sd)
