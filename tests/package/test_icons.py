"""The icons: their size, their circle, and that there is something to see."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pytest
from PIL import Image

from skill.package.check import Package, package_problems
from skill.package.icons import draw_icons
from skill.package.store import read_store

FIGURE = (38, 66, 70)


def opened(package: Package, size: int) -> Image.Image:
    """An icon of the package, decoded."""
    return Image.open(io.BytesIO(package.icons[size])).convert("RGB")


@pytest.mark.parametrize("size", [108, 512])
def test_an_icon_has_its_size(package: Package, size: int) -> None:
    """A PNG that is square and as large as Amazon asks."""
    raw = Image.open(io.BytesIO(package.icons[size]))
    assert (raw.format, raw.size) == ("PNG", (size, size))


@pytest.mark.parametrize("size", [108, 512])
def test_the_figure_is_there_and_stays_in_the_circle(package: Package, size: int) -> None:
    """The shop cuts a circle: all of the dark figure lies well inside it, and is large enough to see."""
    raw = opened(package, size).tobytes()
    dark = [
        (at % size, at // size)
        for at in range(size**2)
        if all(abs(a - b) < 24 for a, b in zip(raw[3 * at : 3 * at + 3], FIGURE, strict=True))
    ]
    assert 0.08 < len(dark) / size**2 < 0.3
    assert max(math.hypot(x - size / 2, y - size / 2) for x, y in dark) < 0.45 * size


def test_both_icons_are_one_drawing(package: Package) -> None:
    """The large one made small is the small one, but for rounding."""
    small = opened(package, 108)
    reduced = opened(package, 512).resize((108, 108), Image.Resampling.LANCZOS)
    pairs = zip(small.tobytes(), reduced.tobytes(), strict=True)
    assert sum(abs(a - b) for a, b in pairs) / len(small.tobytes()) < 2


def test_the_drawing_is_the_same_every_time(package: Package) -> None:
    """A package that is made again does not change without a reason."""
    assert draw_icons() == package.icons


def test_an_icon_of_another_size_is_found(package: Package) -> None:
    """The check looks into the file."""
    texts = read_store("rugoefening", "Alexa")
    swapped = replace(package, icons={108: package.icons[512], 512: package.icons[108]})
    assert len([one for one in package_problems(swapped, texts, "Alexa") if "it must be a PNG" in one]) == 2
    assert any("icon-108.png" in one for one in package_problems(replace(package, icons={}), texts, "Alexa"))
