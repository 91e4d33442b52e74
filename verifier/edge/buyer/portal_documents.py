"""What a registry's portal tells, as far as the pages need it; members that came later are left alone."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class HostedWatch(_Told):
    """A watch that the portal keeps."""

    id: str
    kind: str
    object: str
    label: str
    made: int
    entry: int | None = None
    seen: dict[str, Any] | None = None


class NewHostedWatch(HostedWatch):
    """A watch that was just made, with the addresses of its feeds; without them where it was there before."""

    feed_atom: str = ""
    feed_json: str = ""


class HostedWatches(_Told):
    """Some watches; ``next`` is where the others begin."""

    watches: tuple[HostedWatch, ...]
    next: str | None = None


class Endpoint(_Told):
    """An address to which changes are told."""

    id: str
    url: str
    made: int
    stopped: str | None = None


class NewEndpoint(Endpoint):
    """An endpoint with its newest secret."""

    secret: str


class Endpoints(_Told):
    """All endpoints."""

    endpoints: tuple[Endpoint, ...]


class Delivery(_Told):
    """A message on its way to an endpoint."""

    id: str
    event: str
    endpoint: str
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    due: int
    status: int | None = None
    reason: str
    changed: int


class Deliveries(_Told):
    """Some deliveries; ``next`` is where the others begin."""

    deliveries: tuple[Delivery, ...]
    next: str | None = None


class Event(_Told):
    """Something that changed, with the payload that webhooks carry."""

    id: str
    payload: dict[str, Any]


class HostedDigest(_Told):
    """How the digest by mail stands."""

    address: str
    period: Literal["daily", "weekly"]
    lang: Literal["ja", "en"]
    confirmed: bool
    due: int | None = None
    stopped: str | None = None


class Events(_Told):
    """Some events; ``next`` is where the others begin."""

    events: tuple[Event, ...]
    next: str | None = None
