"""Colours reach WCAG 2.2 AA in the light and in the dark scheme, computed from the style sheet itself."""

from __future__ import annotations

import re

import pytest

from verifier.edge.rendering import static_file

TONES = ("good", "bad", "ended", "open", "test")
TEXT = [
    ("ink", "paper"), ("ink", "ground"), ("ink-soft", "paper"), ("ink-soft", "ground"), ("link", "paper"),
    ("link", "ground"), ("paper", "ink"), ("ended", "paper"),
    *((part, f"{tone}-ground") for tone in TONES for part in (tone, "ink", "ink-soft", "link")),
    *((tone, "paper") for tone in TONES), *(("paper", tone) for tone in TONES),
]  # fmt: skip
GRAPHICS = [("edge", "paper"), ("edge", "ground"), ("focus", "ground"), ("focus", "paper"), ("seal", "ground")]


def _schemes() -> dict[str, dict[str, str]]:
    css = static_file("style.css")[0].decode()
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
                   for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2])  # fmt: skip
    return {"light": light, "dark": {**light, **dark}}


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    colours = _schemes()[scheme]
    ratios = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_and_signs_stand_out_from_their_ground(scheme: str) -> None:
    colours = _schemes()[scheme]
    ratios = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in GRAPHICS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 3} == {}
