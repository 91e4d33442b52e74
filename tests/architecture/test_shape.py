"""How large things may be and what they may be called. There is no list of exceptions."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.architecture.conftest import Source

MOST_LINES_IN_A_FILE = 400
MOST_LINES_IN_A_FUNCTION = 60
MOST_POSITIONAL_ARGUMENTS = 5
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "misc", "base", "manager", "handler", "core"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


def test_there_is_something_to_judge(sources: list[Source]) -> None:
    assert len(sources) > 20


def test_no_file_is_too_long(sources: list[Source]) -> None:
    lengths = {source.name: source.text.count("\n") for source in sources}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_IN_A_FILE} == {}


def test_no_function_is_too_long(sources: list[Source]) -> None:
    lengths = {
        f"{source.name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for source in sources
        for node in source.functions
    }
    assert {name: length for name, length in lengths.items() if length > MOST_LINES_IN_A_FUNCTION} == {}


def test_no_function_takes_too_many_positional_arguments(sources: list[Source]) -> None:
    counts = {
        f"{source.name}:{node.lineno} {node.name}": len(_positional(node))
        for source in sources
        for node in source.functions
    }
    assert {name: count for name, count in counts.items() if count > MOST_POSITIONAL_ARGUMENTS} == {}


def test_no_function_takes_a_boolean_by_position(sources: list[Source]) -> None:
    offences = [
        f"{source.name}:{node.lineno} {node.name}({argument.arg})"
        for source in sources
        for node in source.functions
        if node not in _in_private_classes(source.tree)
        for argument in _positional(node)
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool"
    ]
    assert offences == []


def test_every_name_says_what_is_inside(sources: list[Source]) -> None:
    offences = [source.name for source in sources if NAMES_THAT_SAY_NOTHING & set(source.module.split("."))]
    assert offences == []


def test_no_module_is_named_like_one_of_the_standard_library(sources: list[Source]) -> None:
    # A script started inside the folder would import ours instead: verifier/token.py breaks `import inspect`.
    offences = [source.name for source in sources if source.path.stem in sys.stdlib_module_names]
    assert offences == []


def test_nothing_is_left_for_later(sources: list[Source]) -> None:
    offences = {source.name: UNFINISHED.findall(source.text) for source in sources}
    assert {name: words for name, words in offences.items() if words} == {}


def test_every_module_and_public_name_says_what_it_is(sources: list[Source]) -> None:
    offences = [
        f"{source.name} {getattr(node, 'name', '')}".strip()
        for source in sources
        for node in [source.tree, *_public(source.tree)]
        if source.text and not ast.get_docstring(node)
    ]
    assert offences == []


def _in_private_classes(tree: ast.Module) -> list[ast.AST]:
    """Their methods follow the signatures of somebody else's class, such as PyJWT's Algorithm."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("_")]
    return [below for node in classes for below in ast.walk(node)]


def _positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    arguments = [*node.args.posonlyargs, *node.args.args]
    return arguments[1:] if arguments and arguments[0].arg in ("self", "cls") else arguments


def _public(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
