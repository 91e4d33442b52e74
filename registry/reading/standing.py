"""What the directory and the disclosed names say about a body or an organisation, for the pages /e/ and /o/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.directory.files import parse_index, prove_from_shard, shard_of, shard_path
from verifier.directory.tree import look_up
from verifier.encoding import read_object, unb64u
from verifier.errors import MalformedError, NotFoundError
from verifier.names import body_uri
from verifier.statement.commitment import read_disclosure
from verifier.trust.trustlist import read_trust_list

if TYPE_CHECKING:
    from verifier.directory.record import Record
    from verifier.gather import Fetcher
    from verifier.trust.root import TrustRoot


@dataclass(frozen=True)
class Standing:
    """A directory record as of an epoch: the index of its entry and the number of entries it is over."""

    entry: int
    size: int
    record: Record

    def members(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"directory": {"entry": self.entry, "size": self.size}, "record": self.record.members()}


def standing_of(fetcher: Fetcher, subject: str) -> Standing:
    """Return what the latest directory holds for a subject. Raises NotFoundError when it holds nothing."""
    latest = read_object(fetcher.fetch("directory/latest"))
    entry, size = latest.get("entry"), latest.get("size")
    if not isinstance(entry, int) or not isinstance(size, int):
        raise MalformedError("directory/latest names no directory")
    index = parse_index(fetcher.fetch(f"directory/{size}/index"))
    proof = prove_from_shard(index, fetcher.fetch(shard_path(index, shard_of(subject, index.bits))), subject)
    record = look_up(proof, subject, bits=index.bits, root=unb64u(index.root))
    if record is None:
        raise NotFoundError("the directory holds nothing about this", hint="Check the number.")
    return Standing(entry, size, record)


def body_answer(fetcher: Fetcher, root: TrustRoot, no: int) -> dict[str, Any]:
    """Return what is known in public about a body: record, disclosed name, and what it is accredited for."""
    standing = standing_of(fetcher, body_uri(root.host, no))
    listed = read_trust_list(fetcher.fetch("trust/list.jwt"), root).body(no)
    return {
        "body": body_uri(root.host, no),
        "name": _name(fetcher, no),
        **standing.members(),
        "listed": listed.members() if listed else None,
    }


def _name(fetcher: Fetcher, no: int) -> str | None:
    try:
        shown = read_object(fetcher.fetch(f"e/{no}.json"))
    except NotFoundError:
        return None
    disclosures = [read_disclosure(one) for one in shown.get("disclosures", [])]
    return next((one.value for one in disclosures if one.name == "name"), None)
