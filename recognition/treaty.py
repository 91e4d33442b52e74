"""An agreement's folder: its terms with the scheme and the mappings that they rest on, under one digest.

``agreement.toml`` holds the terms, ``scheme/`` the foreign scheme, ``mappings/`` every mapping as two files,
``disclosure.toml`` what may be told across the border, ``authentication.toml`` how certificates are authenticated and
by which keys, and ``reverse.toml`` what marks of ours are worth over there. Whoever has the folder and the home pack
can decide; what happened to the agreement since is in the log and never in the folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recognition.authenticate.scheme_profile import FILE as AUTHENTICATION
from recognition.authenticate.scheme_profile import Profile, parse_profile
from recognition.disclosure import DisclosureRegister
from recognition.mapping import ControlMapping, parse_mapping
from recognition.reverse import FILE as REVERSE
from recognition.reverse import Reverse
from recognition.scheme import ForeignScheme, parse_scheme
from recognition.terms import Terms
from verifier.errors import MalformedError, RefusedError
from verifier.scheme.tables import files_digest, read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from recognition.agreement import Agreement
    from verifier.scheme.pack import SchemePack

    PackOf = Callable[[str, str], SchemePack]
    """Returns the pack of a home scheme and version. Raises NotFoundError."""

TERMS, DISCLOSURE = "agreement.toml", "disclosure.toml"
SCHEME_FOLDER, MAPPING_FOLDER = "scheme/", "mappings/"
SINGLE_FILES = (TERMS, DISCLOSURE, AUTHENTICATION, REVERSE)


@dataclass(frozen=True)
class Treaty:
    """A checked agreement folder. ``agreement`` is what the decision reads, still without what the log says of it."""

    terms: Terms
    agreement: Agreement
    scheme: ForeignScheme
    mappings: tuple[ControlMapping, ...]
    disclosure: DisclosureRegister | None
    profile: Profile | None
    reverse: Reverse | None
    sha256: str

    @property
    def is_draft(self) -> bool:
        """Say whether the terms or a mapping call themselves a draft."""
        return self.terms.draft is not None or any(one.head.status == "draft" for one in self.mappings)

    def statement_public(self, version: int) -> dict[str, Any]:
        """Return the public part of a proposal or announcement of these terms."""
        return {
            "version": version,
            "sha256": self.sha256,
            "scheme": self.terms.foreign.scheme,
            "kind": self.terms.kind,
        }


def parse_treaty(files: Mapping[str, bytes], *, pack_of: PackOf) -> Treaty:
    """Return the agreement of a folder.

    Raises MalformedError naming the file, and RefusedError when the parts do not fit each other or the home pack.
    """
    if TERMS not in files:
        raise MalformedError(f"{TERMS} is missing", hint="An agreement is a folder: see `shirushi agreement new`.")
    terms = read_toml(files[TERMS], Terms, file=TERMS)
    scheme = parse_scheme(_below(files, SCHEME_FOLDER))
    pack = pack_of(terms.home.scheme, terms.home.version)
    targets = frozenset(criterion.id for criterion in pack.criteria)
    sources = scheme.control_ids
    pairs = _pairs(_below(files, MAPPING_FOLDER))
    mappings = tuple(parse_mapping(pair, sources=sources, targets=targets) for pair in pairs)
    disclosure = files.get(DISCLOSURE)
    register = read_toml(disclosure, DisclosureRegister, file=DISCLOSURE) if disclosure is not None else None
    _refuse_strays(files)
    _check_fits(terms, scheme, mappings, pack)
    agreement = terms.agreement(mappings=tuple(one.digest for one in mappings), zone=pack.zone)
    profile = _profile(files, terms)
    reverse = _reverse(files, terms)
    return Treaty(terms, agreement, scheme, mappings, register, profile, reverse, files_digest(files))


def _reverse(files: Mapping[str, bytes], terms: Terms) -> Reverse | None:
    if REVERSE not in files:
        return None
    reverse = read_toml(files[REVERSE], Reverse, file=REVERSE)
    if (reverse.foreign_scheme, reverse.home_scheme) != (terms.foreign.scheme, terms.home.scheme):
        raise RefusedError(f"{REVERSE} is about other schemes than {TERMS}")
    return reverse


def _profile(files: Mapping[str, bytes], terms: Terms) -> Profile | None:
    if AUTHENTICATION not in files:
        return None
    profile = parse_profile(files[AUTHENTICATION])
    strange = profile.issuers and {one.id for one in profile.issuers.values()} - {one.id for one in terms.issuers}
    if profile.scheme != terms.foreign.scheme or strange:
        raise RefusedError(f"{AUTHENTICATION} is of another scheme, or names issuers that {TERMS} does not")
    return profile


def _below(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    return {name.removeprefix(folder): data for name, data in files.items() if name.startswith(folder)}


def _pairs(files: Mapping[str, bytes]) -> Iterable[dict[str, bytes]]:
    stems = sorted({name.rpartition(".")[0] for name in files})
    return [{name: data for name, data in files.items() if name.rpartition(".")[0] == stem} for stem in stems]


def _refuse_strays(files: Mapping[str, bytes]) -> None:
    for name in files:
        if name not in (TERMS, DISCLOSURE, AUTHENTICATION, REVERSE) and not name.startswith(
            (SCHEME_FOLDER, MAPPING_FOLDER)
        ):
            raise MalformedError(f"{name}: no file of an agreement has this name")


def _check_fits(terms: Terms, scheme: ForeignScheme, mappings: tuple[ControlMapping, ...], pack: SchemePack) -> None:
    if terms.foreign.scheme != scheme.id:
        raise RefusedError(f"{TERMS} is about {terms.foreign.scheme}, the folder holds {scheme.id}")
    unknown = set(terms.foreign.versions) - {version.id for version in scheme.head.versions}
    if unknown:
        raise RefusedError(f"{TERMS} pins versions that the scheme does not have: {', '.join(sorted(unknown))}")
    if terms.home.sha256 != pack.digest:
        raise RefusedError(f"{TERMS} pins another pack of {pack.name}", hint=f"This one's digest is {pack.digest}.")
    for mapping in mappings:
        if mapping.head.source.scheme != scheme.id or mapping.head.target.scheme != pack.scheme:
            raise RefusedError(f"the mapping {mapping.head.id} is between other schemes")
    if not mappings:
        raise RefusedError("an agreement needs a mapping", hint="Put NAME.toml and NAME.csv into mappings/.")
    _check_levels(terms, scheme, pack)


def _check_levels(terms: Terms, scheme: ForeignScheme, pack: SchemePack) -> None:
    strange = terms.cap_by_level.keys() - {level.id for level in scheme.head.levels}
    if strange:
        raise RefusedError(f"{TERMS} caps levels that the scheme does not have: {', '.join(sorted(strange))}")
    tiers = {rule.level for rule in pack.tiers}
    for level, cap in terms.cap_by_level.items():
        if cap not in tiers:
            raise RefusedError(f"{TERMS} lets {level} count up to level {cap}, which {pack.name} does not define")
