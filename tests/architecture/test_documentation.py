"""What is not documented does not exist: errors, checks, headlines, statement types, commands."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
import sys
import tomllib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from registry.reading.reader import create_reader
from registry.settings import PREFIX, Settings
from verifier.client import AsyncClient, Client
from verifier.client.asking import LOOK_UP
from verifier.edge.commands import GROUP, SUMMARIES
from verifier.edge.error_words import ERROR_CODES
from verifier.envelope import TOKEN_RULES
from verifier.errors import MarkError
from verifier.statement.kinds import KINDS
from verifier.verdict import CheckName, Headline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.architecture.conftest import Source


def test_every_error_code_is_documented_and_no_other(root: Path, sources: list[Source]) -> None:
    _import_errors(sources)
    page = (root / "docs/reference/errors.md").read_text("utf-8")
    documented = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert documented == {kind.code for kind in _tree(MarkError)}


def test_every_error_code_has_a_sentence_for_pages_and_no_other(sources: list[Source]) -> None:
    _import_errors(sources)
    assert {kind.code for kind in _tree(MarkError)} == ERROR_CODES


def test_every_error_has_a_code_of_its_own(sources: list[Source]) -> None:
    _import_errors(sources)
    codes = [kind.code for kind in _tree(MarkError)]
    assert sorted(codes) == sorted(set(codes))


def test_every_check_and_headline_is_documented(root: Path) -> None:
    page = (root / "docs/specification/verdict.md").read_text("utf-8")
    documented = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert documented == [*(check.value for check in CheckName), *(headline.value for headline in Headline)]


def test_every_type_of_token_and_statement_is_documented(root: Path) -> None:
    pages = {name: (root / f"docs/specification/{name}.md").read_text("utf-8") for name in ("envelope", "statement")}
    assert [typ for typ in TOKEN_RULES if f"| `{typ}` |" not in pages["envelope"]] == []
    assert [name for name in KINDS if f"`{name}`" not in pages["statement"]] == []


def test_every_variable_of_the_environment_is_documented(root: Path, sources: list[Source]) -> None:
    page = (root / "docs/reference/settings.md").read_text("utf-8")
    read = {name for source in sources for name in re.findall(r"\bSHIRUSHI_[A-Z_]+", source.text)}
    assert {name for name in read if f"| `{name}` |" not in page} == set()


def test_every_setting_is_documented_with_its_default(root: Path) -> None:
    page = (root / "docs/reference/settings.md").read_text("utf-8")
    simple = {name: one.default for name, one in Settings.model_fields.items() if one.annotation in (int, str)}
    rows = {f"| `{PREFIX}{name.upper()}` | `{default}` |" for name, default in simple.items()}
    assert {row for row in rows if row not in page} == set()
    assert {name for name in Settings.model_fields.keys() - simple.keys() if f"`{name}`" not in page} == set()


def test_every_address_of_the_read_plane_is_documented(root: Path) -> None:
    page = (root / "docs/reference/http.md").read_text("utf-8")
    some_root: Any = SimpleNamespace(host="shirushi.example")
    paths = [route.path for route in create_reader(root, trust_root=some_root, now=lambda: 1).routes]
    assert [path for path in paths if f"`{path.removesuffix('{rest:path}')}" not in page] == []


def test_every_call_of_the_api_is_documented(root: Path) -> None:
    page = (root / "docs/reference/http.md").read_text("utf-8")
    paths = json.loads((root / "openapi/registry.json").read_text("utf-8"))["paths"]
    calls = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert {call for call in calls if f"| `{call}` |" not in page} == set()


def test_every_method_of_the_client_and_each_of_its_arguments_is_documented(root: Path) -> None:
    page = (root / "docs/reference/client.md").read_text("utf-8")
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")}
    methods = {name: method for name, method in inspect.getmembers(Client, inspect.isfunction) if name[:1] != "_"}
    assert [name for name in methods if f"`{name}`" not in page] == []
    described = {"`Client`": Client.__init__} | {f"`{name}`": method for name, method in methods.items()}
    arguments = [
        (name, argument)
        for name, method in described.items()
        for argument, one in inspect.signature(method).parameters.items()
        if argument != "self" and one.kind is not one.VAR_KEYWORD
    ]
    assert [(name, one) for name, one in arguments if f"`{one}`" not in sections[name]] == []
    assert [name for name in LOOK_UP if f"`{name}`" not in sections["`ask`"]] == []


def test_the_asynchronous_client_has_the_methods_of_the_other() -> None:
    names = {name for name in dir(Client) if name[:1] != "_"}
    assert {name for name in dir(AsyncClient) if name[:1] != "_"} == names


def test_every_link_between_pages_leads_somewhere(root: Path, kept_texts: dict[str, str]) -> None:
    links = [
        (name, target)
        for name, text in kept_texts.items()
        if name.endswith(".md")
        for target in re.findall(r"^(?! {4}).*?\]\(([^)#]+)(?:#[^)]*)?\)", text, re.MULTILINE)
        if "://" not in target
    ]
    assert [(name, target) for name, target in links if not (root / name).parent.joinpath(target).exists()] == []


def test_every_command_has_a_summary_and_a_section(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    commands = project["entry-points"][GROUP].keys()
    page = (root / "docs/reference/command-line.md").read_text("utf-8")
    assert commands == SUMMARIES.keys()
    assert [name for name in commands if f"\n## `shirushi {name}`\n" not in page] == []


def test_the_generated_reference_is_up_to_date(root: Path) -> None:
    command = [sys.executable, root / "docs/generate.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def _import_errors(sources: list[Source]) -> None:
    """Import every module that defines an error: what another test happened to import must not decide."""
    for source in sources:
        if re.search(r"^class \w+Error\(", source.path.read_text("utf-8"), re.MULTILINE):
            importlib.import_module(source.module)


def _tree(kind: type[MarkError]) -> Iterator[type[MarkError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _tree(below)
