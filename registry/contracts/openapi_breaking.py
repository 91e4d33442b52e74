"""What a change of an OpenAPI document would break for those who call as the released document says.

A caller may go on sending what was allowed, and finds in the answers what was promised: so requests may only be allowed
more, answers may only hold more. `openapi/released/` holds what was promised; a change that breaks it needs a new
version in the path, beside the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Members = dict[str, Any]

_UPPER = ("maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties")
_LOWER = ("minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties")


def breaks(old: Members, new: Members) -> list[str]:
    """Return a sentence for everything in ``old`` that a caller can no longer rely on in ``new``."""
    return list(_Comparison(old, new).run())


class _Comparison:
    def __init__(self, old: Members, new: Members) -> None:
        self._old = old
        self._new = new
        self._seen: set[tuple[int, int, bool]] = set()

    def run(self) -> Iterator[str]:
        for path, methods in self._old["paths"].items():
            for method, before in methods.items():
                after = self._new["paths"].get(path, {}).get(method)
                place = f"{method.upper()} {path}"
                if after is None:
                    yield f"{place}: is gone"
                else:
                    yield from self._operation(place, before, after)

    def _operation(self, place: str, before: Members, after: Members) -> Iterator[str]:
        shut_out = set(before.get("x-roles", ())) - set(after.get("x-roles", ()))
        if shut_out:
            yield f"{place}: no longer for {', '.join(sorted(shut_out))}"
        yield from self._parameters(place, before, after)
        yield from self._request(place, before.get("requestBody", {}), after.get("requestBody", {}))
        for status, answer in before["responses"].items():
            if status.startswith("2"):
                found = after["responses"].get(status)
                if found is None:
                    yield f"{place}: is not answered with {status} any more"
                    continue
                yield from self._contents(f"{place}: answer {status}", answer, found, sent=False)

    def _parameters(self, place: str, before: Members, after: Members) -> Iterator[str]:
        held = {(one["in"], one["name"]): one for one in before.get("parameters", ())}
        for one in after.get("parameters", ()):
            known = held.pop((one["in"], one["name"]), None)
            if known is None:
                if one.get("required"):
                    yield f"{place}: the parameter {one['name']} is demanded now"
                continue
            if one.get("required") and not known.get("required"):
                yield f"{place}: the parameter {one['name']} is demanded now"
            yield from self._schema(f"{place}: {one['name']}", known["schema"], one["schema"], sent=True)
        yield from (f"{place}: the parameter {name} is not taken any more" for _, name in held)

    def _request(self, place: str, before: Members, after: Members) -> Iterator[str]:
        if after.get("required") and not before.get("required"):
            yield f"{place}: a body is demanded now"
        yield from self._contents(f"{place}: request", before, after, sent=True)

    def _contents(self, place: str, before: Members, after: Members, *, sent: bool) -> Iterator[str]:
        for media_type, content in before.get("content", {}).items():
            found = after.get("content", {}).get(media_type)
            if found is None:
                yield f"{place}: {media_type} is gone"
            else:
                yield from self._schema(place, content.get("schema", {}), found.get("schema", {}), sent=sent)

    def _schema(self, place: str, before: Any, after: Any, *, sent: bool) -> Iterator[str]:
        before, after = _resolved(before, self._old), _resolved(after, self._new)
        key = (id(before), id(after), sent)
        if key in self._seen or not isinstance(before, dict) or not isinstance(after, dict):
            return
        self._seen.add(key)
        yield from _types(place, before, after, sent=sent)
        if sent:
            yield from _bounds(place, before, after)
        yield from self._properties(place, before, after, sent=sent)
        if "items" in before:
            yield from self._schema(f"{place}[]", before["items"], after.get("items", {}), sent=sent)
        for kind in ("anyOf", "oneOf", "allOf"):
            choices = after.get(kind, ())
            for number, choice in enumerate(before.get(kind, ())):
                if number < len(choices):
                    yield from self._schema(place, choice, choices[number], sent=sent)
                elif sent:
                    yield f"{place}: a form that was taken is gone"

    def _properties(self, place: str, before: Members, after: Members, *, sent: bool) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        demanded, promised = set(after.get("required", ())), set(before.get("required", ()))
        if sent:
            yield from (f"{place}.{name}: is demanded now" for name in sorted(demanded - promised))
        else:
            yield from (f"{place}.{name}: is not promised any more" for name in sorted(promised - demanded))
        for name, schema in old.items():
            if name in new:
                yield from self._schema(f"{place}.{name}", schema, new[name], sent=sent)
            elif not sent or after.get("additionalProperties") is False:
                yield f"{place}.{name}: is gone"


def _types(place: str, before: Members, after: Members, *, sent: bool) -> Iterator[str]:
    if before.get("type") != after.get("type"):
        yield f"{place}: was {before.get('type', 'anything')}, is {after.get('type', 'anything')}"
    old, new = set(_values(before)), set(_values(after))
    if sent and new and (lost := old - new if old else {"anything else"}):
        yield f"{place}: {', '.join(sorted(map(str, lost)))} is not taken any more"
    if not sent and old and (added := new - old if new else {"anything"}):
        yield f"{place}: may be {', '.join(sorted(map(str, added)))} now"


def _values(schema: Members) -> list[Any]:
    return list(schema["enum"]) if "enum" in schema else [schema["const"]] if "const" in schema else []


def _bounds(place: str, before: Members, after: Members) -> Iterator[str]:
    for name in (*_UPPER, *_LOWER):
        bound = after.get(name)
        if bound is None:
            continue
        held = before.get(name)
        if held is None or (bound < held if name in _UPPER else bound > held):
            yield f"{place}: {name} is {bound}, was {'none' if held is None else held}"
    if "pattern" in after and after["pattern"] != before.get("pattern"):
        yield f"{place}: has another pattern"


def _resolved(schema: Any, document: Members) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema
