"""Templates hold marks and loops: no words of their own, no decisions, no script, no inline style."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

import verifier.edge

FOLDER = Path(verifier.edge.__file__).parent / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.*"), key=str)
READ_ALOUD = ("alt", "title", "aria-label", "placeholder", "content")
NOT_FOR_READING = ("width=device-width, initial-scale=1", "light dark", "no-referrer")
BLOCKS = {"extends", "block", "endblock", "for", "else", "endfor", "from", "macro", "endmacro", "include"}


class _Words(HTMLParser):
    """Collects what a person would read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in READ_ALOUD and value and value not in NOT_FOR_READING]

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def _words(template: str) -> list[str]:
    """Return the literal words of a template; what Jinja fills in is a blank."""
    tokens = Environment().lex(template)
    marks, inside = [], False
    for _, kind, text in tokens:
        if kind == "data":
            marks.append(text)
        inside = kind == "variable_begin"
        if inside:
            marks.append("·")
    parser = _Words()
    parser.feed("".join(marks))
    return [text.strip() for text in parser.found if re.search(r"\w", text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_outside_the_catalogues(path: Path) -> None:
    assert _words(path.read_text("utf-8")) == []


def test_words_outside_the_catalogues_would_be_found() -> None:
    assert _words('<p lang="ja">{{ _("a.b") }} <b>Valid</b></p><img alt="A code" src="x.svg">{# note #}') == [
        "Valid", "A code",
    ]  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_decides_nothing(path: Path) -> None:
    tokens = list(Environment().lex(path.read_text("utf-8")))
    after_begin = False
    used = set()
    for _, kind, text in tokens:
        if kind == "block_begin":
            after_begin = True
        elif after_begin and kind == "name":
            used.add(text)
            after_begin = False
    assert used - BLOCKS == set()
    operators = {text for _, kind, text in tokens if kind == "operator"}
    assert operators <= {".", "(", ")", ",", "=", "~"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_keeps_the_strictest_content_security_policy(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.name in ("verify.html", "share.html"):
        # The pages whose browser judges: a module of their own host, and data, which no browser runs.
        for element in ('<script type="module" src="{{ entry }}">', '<script type="application/json" id="words">'):
            assert text.count(element) == 1
            text = text.replace(element, "")
    if path.name == "start.html":
        # The module of its own host that hands a chosen file to that page.
        assert text.count('<script type="module" src="{{ entry }}">') == 1
        text = text.replace('<script type="module" src="{{ entry }}">', "")
    # Consoles: the modules of the passkeys, of pages about work that goes on, of what is typed; of their own host.
    for module in ("passkey_module", "poll_module", "keep_module"):
        text = text.replace(f'<script type="module" src="{{{{ {module} }}}}"></script>', "")
    if path.name == "mark.html":
        # Data that no browser runs: it is about the mark, for programs that read pages.
        assert text.count('<script type="application/ld+json">{{ one }}</script>') == 1
        text = text.replace('<script type="application/ld+json">', "")
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", text)
