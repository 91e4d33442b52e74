"""The Merkle tree as a picture (RFC 6962, 2.1): which nodes were there before, which are new, which a proof names.

Only what a proof goes through is unfolded, so the picture of a million entries has some forty boxes; a small tree is
drawn whole. What a node is stands in its shape and its sign, never in its colour alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

SMALL = 16
"""Entries up to which the whole tree is drawn."""
_HEIGHT, _LEVEL, _MARGIN, _SIGN, _GAP = 28, 58, 10, 8, 14

Kind = Literal["old", "new", "both", "path", "own", "side"]
_ROUNDING: dict[Kind, int] = {"old": 2, "new": 14, "both": 8, "path": 8, "own": 14, "side": 2}
Range = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """A node: where it is drawn, how it looks, and the entries below it as text. Numbers are SVG user units."""

    x: str
    y: str
    width: str
    height: str
    rounding: str
    looks: str
    text: str
    text_x: str
    text_y: str


@dataclass(frozen=True)
class Line:
    """An edge between a node and the one above it."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Picture:
    """What an SVG element holds."""

    width: str
    height: str
    view_box: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


@dataclass
class _Node:
    start: int
    end: int
    depth: int
    kind: Kind
    in_proof: bool
    is_folded: bool
    below: list[_Node] = field(default_factory=list)
    x: float = 0.0

    @property
    def text(self) -> str:
        """The entries below the node, behind a sign where the proof names it."""
        entries = str(self.start) if self.end - self.start == 1 else f"{self.start}–{self.end - 1}"
        return f"◆ {entries}" if self.in_proof else entries


def proof_ranges(old: int, new: int) -> list[Range]:
    """Return which entries each hash of the consistency proof is over, in the proof's order (RFC 6962, 2.1.2)."""
    if old in (0, new):
        return []
    start, end, ranges = 0, new, []
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return [*([(start, end)] if start else []), *ranges[::-1]]


def path_ranges(index: int, size: int) -> list[Range]:
    """Return which entries each hash of the inclusion proof is over, from the entry upwards (RFC 6962, 2.1.1)."""
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_picture(old: int, new: int) -> Picture:
    """Return the tree of ``new`` entries with what it had at ``old`` of them, 0 < old <= new."""

    def kind(start: int, end: int) -> Kind:
        return "old" if end <= old else "new" if start >= old else "both"

    return _draw(new, kind, set(proof_ranges(old, new)))


def inclusion_picture(index: int, size: int) -> Picture:
    """Return the tree of ``size`` entries with the way from the entry at ``index`` to the root."""

    def kind(start: int, end: int) -> Kind:
        if not start <= index < end:
            return "side"
        return "own" if end - start == 1 else "path"

    return _draw(size, kind, set(path_ranges(index, size)))


def _draw(size: int, kind: Callable[[int, int], Kind], proof: set[Range]) -> Picture:
    root = _Tree(size, kind, proof).grow(0, size, 0)
    nodes = list(_all(root))
    widest = max(_width(one) for one in nodes)
    _place(root, 0, widest + _GAP)
    depth = max(one.depth for one in nodes)
    slots = sum(1 for one in nodes if not one.below)
    width, height = slots * (widest + _GAP) + 2 * _MARGIN, depth * _LEVEL + _HEIGHT + 2 * _MARGIN
    return Picture(
        width=str(round(width)),
        height=str(height),
        view_box=f"0 0 {round(width)} {height}",
        boxes=tuple(_box(one) for one in nodes),
        lines=tuple(_line(one, below) for one in nodes for below in one.below),
    )


@dataclass(frozen=True)
class _Tree:
    size: int
    kind: Callable[[int, int], Kind]
    proof: set[Range]

    def opens(self, start: int, end: int) -> bool:
        """Say whether a node's children are drawn: in a small tree all, otherwise those that the proof goes through."""
        goes_on = any(start <= one and other <= end and (one, other) != (start, end) for one, other in self.proof)
        return end - start > 1 and (goes_on or self.size <= SMALL)

    def grow(self, start: int, end: int, depth: int) -> _Node:
        """Return the node over a range of entries, with what is drawn below it."""
        is_open = self.opens(start, end)
        is_folded = not is_open and end - start > 1
        node = _Node(start, end, depth, self.kind(start, end), (start, end) in self.proof, is_folded)
        if is_open:
            middle = start + _split(end - start)
            node.below = [self.grow(start, middle, depth + 1), self.grow(middle, end, depth + 1)]
        return node


def _all(node: _Node) -> list[_Node]:
    return [node, *(one for below in node.below for one in _all(below))]


def _place(node: _Node, slot: int, width: float) -> int:
    """Give every node its place, left to right; return the next free slot."""
    if not node.below:
        node.x = _MARGIN + width * (slot + 0.5)
        return slot + 1
    for below in node.below:
        slot = _place(below, slot, width)
    node.x = sum(one.x for one in node.below) / len(node.below)
    return slot


def _width(node: _Node) -> int:
    return max(34, len(node.text) * _SIGN + 18)


def _top(node: _Node) -> int:
    return _MARGIN + node.depth * _LEVEL


def _box(node: _Node) -> Box:
    width, top = _width(node), _top(node)
    looks = [node.kind, *(["in-proof"] if node.in_proof else []), *(["folded"] if node.is_folded else [])]
    return Box(
        x=_number(node.x - width / 2),
        y=str(top),
        width=str(width),
        height=str(_HEIGHT),
        rounding=str(_ROUNDING[node.kind]),
        looks=" ".join(looks),
        text=node.text,
        text_x=_number(node.x),
        text_y=str(top + 19),
    )


def _line(node: _Node, below: _Node) -> Line:
    return Line(_number(node.x), str(_top(node) + _HEIGHT), _number(below.x), str(_top(below)))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)
