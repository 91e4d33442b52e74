"""The JSON of the portal."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from registry.portal.watched import Kind

Id = Annotated[str, Field(max_length=40)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WatchOrder(_Sent):
    """What to watch: exactly one of an organisation's number, a mark, a body and an agreement."""

    subject: Annotated[str, Field(max_length=80, description="Such as 0188-…, an LEI or a 法人番号.")] | None = None
    mark: Annotated[str, Field(max_length=64, description="A mark's id, however it was typed.")] | None = None
    body: Annotated[int, Field(ge=1, lt=10**9, description="A body's number.")] | None = None
    agreement: Annotated[str, Field(max_length=200, description="The URI of a recognition agreement.")] | None = None
    label: Annotated[
        str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="A word of the client's own.")
    ] = ""

    @model_validator(mode="before")
    @classmethod
    def _is_one_object(cls, told: Any) -> Any:
        # Before the members are looked at: which of two is wrong says nothing to whoever may send one alone.
        names = ("subject", "mark", "body", "agreement")
        if isinstance(told, dict) and sum(told.get(name) is not None for name in names) != 1:
            raise ValueError("watch exactly one of subject, mark, body and agreement")
        return told

    def named(self) -> tuple[Kind, str]:
        """Return what is to be watched."""
        kinds: tuple[Kind, ...] = ("subject", "mark", "body", "agreement")
        return next((kind, str(value)) for kind in kinds if (value := getattr(self, kind)) is not None)


class WatchDocument(BaseModel):
    """A watch. ``seen`` is the answer as it was seen last, null before the first look; ``entry`` is the directory's."""

    id: Id
    kind: Kind
    object: str
    label: str
    made: int
    entry: int | None
    seen: dict[str, Any] | None


class NewWatchDocument(WatchDocument):
    """A watch that was just made. The addresses of its feeds are told once: whoever knows them can read them."""

    feed_atom: str
    feed_json: str


class WatchPage(BaseModel):
    """Some watches; ``next`` is for ``after``, null at the end."""

    watches: tuple[WatchDocument, ...]
    next: str | None


class EndpointOrder(_Sent):
    """Where events are to be sent: https, a public host, port 443 or 8443."""

    url: Annotated[str, Field(max_length=500)]


class SecretDocument(BaseModel):
    """A public key by which ``v1a`` signatures are checked; ``until`` is null for the newest."""

    public: str
    until: int | None


class EndpointDocument(BaseModel):
    """An endpoint; ``stopped`` says why nothing is sent there any more: it answered 410 (gone)."""

    id: Id
    url: str
    made: int
    stopped: str | None
    secrets: tuple[SecretDocument, ...]


class NewSecretDocument(EndpointDocument):
    """An endpoint with its newest shared secret, for ``v1`` signatures, which is told once."""

    secret: str


class EndpointList(BaseModel):
    """All endpoints of the client."""

    endpoints: tuple[EndpointDocument, ...]


class DeliveryDocument(BaseModel):
    """An event on its way to an endpoint. ``due`` is when it is tried next; ``dead`` is not tried any more."""

    id: Id
    event: Id
    endpoint: Id
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    due: int
    status: int | None
    reason: str
    changed: int


class DeliveryPage(BaseModel):
    """Some deliveries; ``next`` is for ``after``, null at the end."""

    deliveries: tuple[DeliveryDocument, ...]
    next: str | None


class EventDocument(BaseModel):
    """An event, with the payload that webhooks carry; ``id`` is their ``webhook-id``."""

    id: Id
    payload: dict[str, Any]


class EventPage(BaseModel):
    """Some events, oldest first; ``next`` is for ``after``, null at the end."""

    events: tuple[EventDocument, ...]
    next: str | None


class DigestOrder(_Sent):
    """A digest by mail: where to, how often, in which language."""

    address: Annotated[
        str, Field(max_length=254, description="It gets a code first, and nothing before that is shown.")
    ]
    period: Literal["daily", "weekly"] = "daily"
    lang: Literal["ja", "en"] = "ja"


class DigestCode(_Sent):
    """The code that came to the address."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{24}$")]


class DigestDocument(BaseModel):
    """How a digest stands; ``due`` is when the next may come, ``stopped`` why none comes any more."""

    address: str
    period: Literal["daily", "weekly"]
    lang: Literal["ja", "en"]
    confirmed: bool
    due: int | None
    stopped: str | None


class TokenDocument(BaseModel):
    """An access token (RFC 6749)."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
