"""What the documentation tells to type can be typed: every command, sub-command and option of it exists."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer import Exit, TyperException
from typer.core import TyperGroup
from typer.main import get_command

from verifier.edge.commands import load_command

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs/how-to").glob("*.md")),
    *sorted((ROOT / "docs/tutorial").glob("*.md")),
]
CALL = re.compile(r"^(?:\$ |\(?[A-Z_]+=\S+ |env (?:-u \S+ |\S+=\S+ )*)*(?:\.venv/bin/)?shirushi (.+)$")
ENDS = {"|", ">", "2>", "&&", "||", ";", "done", "&"}
REPLACED = {"NO": "1", "$role": "desk"}
"""Words that stand for what the reader puts there."""


def calls(page: Path) -> list[list[str]]:
    """Return the words after `shirushi` of every line of a page that is a command."""
    lines = page.read_text("utf-8").replace("\\\n", " ").splitlines()
    found = [match[1] for line in lines if (match := CALL.match(line.strip()))]
    return [_until_its_end(shlex.split(call, comments=True)) for call in found]


def _until_its_end(words: list[str]) -> list[str]:
    end = next((no for no, word in enumerate(words) if word in ENDS), len(words))
    return [REPLACED.get(word, word) for word in words[:end]]


@cache
def command_named(name: str) -> Any:
    return get_command(load_command(name))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_is_one_that_there_is_with_the_options_that_it_has(page: Path) -> None:
    wrong = [f"shirushi {shlex.join(call)}: {said}" for call in calls(page) if (said := _complaint(call))]
    assert wrong == []


def _complaint(call: list[str]) -> str:
    if call[0].startswith("-"):
        return ""
    command, arguments = command_named(call[0]), call[1:]
    while arguments and isinstance(command, TyperGroup):
        name = arguments.pop(0)
        if name not in command.commands:
            return f"there is no {name}"
        command = command.commands[name]
    try:
        command.make_context(call[0], arguments)
    except TyperException as error:
        return error.format_message()
    except Exit:
        return ""
    return ""
