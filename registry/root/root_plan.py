"""The content of the next trust root: what may change from one version to the next, and how.

Nothing is taken out. A key, a log key or a witness that is put away keeps its place with a window that ends, because
what it signed within the window still has to be judged; one that was stolen gets a cut-off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from registry.root.ceremony import ROOT_MONTHS, WitnessPlace, witness_policy
from verifier.dates import term_end
from verifier.errors import WrongUseError
from verifier.log.policy_file import parse_policy
from verifier.trust.content import RootContent

Content = dict[str, Any]
Change = Callable[[Content], None]


@dataclass(frozen=True)
class NewKey:
    """A key of the authority that begins to count at a log index."""

    jwk: dict[str, str]
    kid: str
    role: str
    holder: str


def next_root(current: RootContent, changes: Iterable[Change], *, now: int) -> Content:
    """Return the content of the version after ``current``, issued now, with the changes made in their order.

    Raises WrongUseError for a change of something that is not there. Whether custodians agree is not asked here.
    """
    content: Content = current.members()
    content |= {
        "version": current.version + 1,
        "issued": now,
        "expires": term_end(now, ROOT_MONTHS, current.zone),
    }
    for change in changes:
        change(content)
    return content


def with_custodians(*, added: Sequence[Content] = (), removed: Sequence[str] = (), threshold: int | None) -> Change:
    """Let custodians come and go, and set how many of them sign from then on."""

    def change(content: Content) -> None:
        present = {one["holder"] for one in content["custodians"]}
        if missing := set(removed) - present:
            raise WrongUseError(f"there is no custodian {', '.join(sorted(missing))}")
        staying = [one for one in content["custodians"] if one["holder"] not in removed]
        content["custodians"] = [*staying, *added]
        content["threshold"] = threshold or content["threshold"]

    return change


def with_key(key: NewKey, *, begins: int) -> Change:
    """Let a key of the authority count from that log index on, beside those that count already."""

    def change(content: Content) -> None:
        listed = {"jwk": key.jwk, "kid": key.kid, "role": key.role, "holder": key.holder, "from": begins}
        content["keys"] = [*content["keys"], listed]

    return change


def without_key(kid: str, *, until: int | None = None, cutoff: int | None = None) -> Change:
    """Let a key count below a log index only: ``until`` for one that retires, ``cutoff`` for one that was stolen."""

    def change(content: Content) -> None:
        content["keys"] = [
            {**one, **_given(until=until, cutoff=cutoff)} if one["kid"] == kid else one
            for one in _having(content["keys"], "kid", kid)
        ]

    return change


def with_log_key(vkey: str, *, begins: int) -> Change:
    """Let another log key sign trees from that size on."""

    def change(content: Content) -> None:
        content["log_keys"] = [*content["log_keys"], {"vkey": vkey, "from": begins}]
        _write_policy(content, _names(content))

    return change


def without_log_key(vkey: str, *, until: int) -> Change:
    """Let a log key sign trees below that size only."""

    def change(content: Content) -> None:
        content["log_keys"] = [
            {**one, "until": until} if one["vkey"] == vkey else one
            for one in _having(content["log_keys"], "vkey", vkey)
        ]

    return change


def with_witness(place: WitnessPlace, *, begins: int) -> Change:
    """Let a witness count for trees from that size on. One operator counts once, however many witnesses it runs."""

    def change(content: Content) -> None:
        listed = {"vkey": place.vkey, "operator": place.operator, "country": place.country, "from": begins}
        names = {**_names(content), place.vkey: place.name}
        content["witnesses"] = [*content["witnesses"], listed]
        _write_policy(content, names)

    return change


def without_witness(name: str, *, until: int) -> Change:
    """Let a witness, by its name in the policy, count for trees below that size only."""

    def change(content: Content) -> None:
        vkey = next((vkey for vkey, one in _names(content).items() if one == name), "")
        content["witnesses"] = [
            {**one, "until": until} if one["vkey"] == vkey else one
            for one in _having(content["witnesses"], "vkey", vkey)
        ]

    return change


def _having(listed: list[Content], member: str, value: str) -> list[Content]:
    if not any(one[member] == value for one in listed):
        raise WrongUseError(f"the trust root does not list {value or 'that witness'}")
    return listed


def _given(**members: int | None) -> dict[str, int]:
    return {name: value for name, value in members.items() if value is not None}


def _names(content: Content) -> dict[str, str]:
    return {str(one.key): one.name for one in parse_policy(content["policy"].encode()).witnesses}


def _write_policy(content: Content, names: dict[str, str]) -> None:
    """Write the policy anew, with the same quorum: it has no window, so another one would judge the past by it."""
    policy = parse_policy(content["policy"].encode())
    quorum = policy.groups_by_name.get(policy.quorum)
    if quorum is None:
        raise WrongUseError(
            "the quorum of this trust root is not a group of operators", hint="Write its policy by hand."
        )
    places = [WitnessPlace(names[one["vkey"]], **_told(one)) for one in content["witnesses"]]
    content["policy"] = witness_policy([one["vkey"] for one in content["log_keys"]], places, quorum.threshold)


def _told(witness: Content) -> dict[str, Any]:
    return {name: witness[name] for name in ("vkey", "operator", "country")}
