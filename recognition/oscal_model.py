"""The shape of an OSCAL 1.2 mapping-collection in JSON, as its published schema has it (NIST, OSCAL 1.2.1).

Vocabularies are plain text here, as they are there: that a word is one of them is for oscal_lint.py to say. What is not
read here, such as parties and links, may hold anything.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_snake

OSCAL_VERSIONS = ("1.2.0", "1.2.1", "1.2.2")


def _dashed(name: str) -> str:
    return to_snake(name).replace("_", "-")


class Oscal(BaseModel):
    """A JSON object of OSCAL: member names with dashes, none that the schema does not know."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=_dashed)


class Prop(Oscal):
    """A property: a value under a name of a namespace."""

    name: str
    value: str
    ns: str | None = None
    uuid: str | None = None
    group: str | None = None
    remarks: str | None = None
    kind: Annotated[str | None, Field(alias="class")] = None


class Remarked(Oscal):
    """What nearly every object may carry."""

    props: list[Prop] = []
    links: list[Any] = []
    remarks: str | None = None


class Item(Remarked):
    """A control or statement of one of the two resources."""

    type: str
    id_ref: str


class Qualifier(Oscal):
    """What makes a relation hold under a condition, in part, or not at all."""

    subject: str
    predicate: str
    category: str
    description: str
    remarks: str | None = None


class Map(Remarked):
    """Sources in a relation to targets."""

    uuid: str
    relationship: str
    sources: Annotated[list[Item], Field(min_length=1)]
    targets: Annotated[list[Item], Field(min_length=1)]
    ns: str | None = None
    matching_rationale: str | None = None
    qualifiers: list[Qualifier] = []
    confidence_score: Any = None
    coverage: Any = None


class Unmapped(Oscal):
    """Ids that are not mapped."""

    with_ids: list[str] = []
    with_child_controls: str | None = None
    matching: list[Any] = []


class GapSummary(Oscal):
    """What of a resource is not mapped."""

    uuid: str
    unmapped_controls: Annotated[list[Unmapped], Field(min_length=1)]


class Resource(Remarked):
    """One of the two things between which is mapped."""

    type: str
    href: str
    ns: str | None = None


class Mapping(Remarked):
    """The maps between two resources."""

    uuid: str
    source_resource: Resource
    target_resource: Resource
    maps: Annotated[list[Map], Field(min_length=1)]
    method: str | None = None
    matching_rationale: str | None = None
    status: str | None = None
    mapping_description: str | None = None
    source_gap_summary: GapSummary | None = None
    target_gap_summary: GapSummary | None = None
    confidence_score: Any = None
    coverage: Any = None


class Provenance(Remarked):
    """How the maps came to be."""

    method: str
    matching_rationale: str
    status: str
    mapping_description: str
    confidence_score: Any = None
    coverage: Any = None
    responsible_parties: list[Any] = []


class Metadata(Remarked):
    """What every OSCAL document says of itself."""

    title: str
    last_modified: str
    version: str
    oscal_version: str
    published: str | None = None
    revisions: list[Any] = []
    document_ids: list[Any] = []
    roles: list[Any] = []
    locations: list[Any] = []
    parties: list[Any] = []
    responsible_parties: list[Any] = []
    actions: list[Any] = []


class BackResource(Remarked):
    """Something that the document refers to by ``#uuid``."""

    uuid: str
    title: str | None = None
    description: str | None = None
    document_ids: list[Any] = []
    citation: Any = None
    rlinks: list[Any] = []
    base64: Any = None


class BackMatter(Oscal):
    """All such things."""

    resources: list[BackResource] = []


class Collection(Oscal):
    """The object ``mapping-collection``."""

    uuid: str
    metadata: Metadata
    provenance: Provenance
    mappings: Annotated[list[Mapping], Field(min_length=1)]
    back_matter: BackMatter = BackMatter()


class Document(Oscal):
    """The whole JSON document."""

    mapping_collection: Collection
    schema_: Annotated[str | None, Field(alias="$schema")] = None
