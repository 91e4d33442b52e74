"""Who imports whom, beyond the contracts in pyproject.toml: no circle, nothing above the judge."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.conftest import Source


def test_no_modules_import_each_other_in_a_circle(sources: list[Source]) -> None:
    assert _circles(_graph(sources)) == []


def test_a_circle_would_be_found() -> None:
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_the_verifier_imports_nothing_that_stands_above_it(sources: list[Source]) -> None:
    above = {"registry", "issuer", "recognition"}
    offences = [
        f"{source.name} imports {name}"
        for source in sources
        if source.module.startswith("verifier")
        for name in _imports(source.tree)
        if name.partition(".")[0] in above
    ]
    assert offences == []


def test_no_import_is_relative(sources: list[Source]) -> None:
    offences = [
        source.name
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert offences == []


def _graph(sources: list[Source]) -> dict[str, set[str]]:
    known = {source.module for source in sources}
    return {source.module: {_module(name, known) for name in _imports(source.tree)} & known for source in sources}


def _module(name: str, known: set[str]) -> str:
    """Return the module that an imported name is or lies in."""
    return name if name in known else name.rpartition(".")[0]


def _imports(tree: ast.AST) -> Iterator[str]:
    """Yield every imported name, inside functions too; not what is imported for type checking alone."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module)):
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case ast.expr():
                # No import stands inside an expression.
                continue
            case _:
                yield from _imports(node)


def _circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one module (Tarjan 1972)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for neighbour in graph.get(node, set()) - {node}:
            if neighbour not in order:
                visit(neighbour)
            if neighbour in stack:
                lowest[node] = min(lowest[node], lowest[neighbour])
        if lowest[node] == order[node]:
            start = stack.index(node)
            component = stack[start:]
            del stack[start:]
            if len(component) > 1:
                found.append(sorted(component))

    for node in graph:
        if node not in order:
            visit(node)
    return sorted(found)
