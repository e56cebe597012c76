"""The icons of the skill: somebody seen from behind, elbows up, in front of a morning sun; drawn by the program."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from skill.errors import SkillPackageError

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

SIZES = (108, 512)
"""Width and height (pixels) of the small and the large icon, as Amazon asks."""
SAFE_RADIUS = 0.5
"""The shop shows the circle of this radius, as a share of the width; outside it lies only sky and hill."""
_SCALE = 4
_SMALLEST_BASE = 512
"""The small icon is drawn as large as the large one and made smaller: one drawing for both."""

_Colour = tuple[int, int, int]
_Point = tuple[float, float]
_SKY: tuple[_Colour, _Colour] = ((250, 244, 232), (246, 214, 186))
_SUN: _Colour = (240, 168, 116)
_RAYS: tuple[_Colour, ...] = ((246, 206, 172), (247, 214, 184), (248, 222, 197))
_FIGURE: _Colour = (38, 66, 70)
_SPINE: _Colour = (250, 244, 232)
_HILL: _Colour = (98, 146, 140)
_MIDDLE: _Point = (0.5, 0.455)
_SUN_RADIUS = 0.265


def draw_icons() -> dict[int, bytes]:
    """Per size (pixels) its PNG. Raises SkillPackageError when Pillow is not installed."""
    try:
        from PIL import Image  # noqa: PLC0415  # only packaging needs it; it is in the extra for audio
    except ImportError:
        raise SkillPackageError(
            "The icons cannot be drawn:",
            ['Pillow is not installed; python -m pip install -c constraints.txt -e ".[audio]" does it'],
        ) from None
    side = _SMALLEST_BASE * _SCALE
    drawn = _picture(side)
    return {size: _png(drawn.resize((size, size), Image.Resampling.LANCZOS)) for size in SIZES}


def _png(image: Image.Image) -> bytes:
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _picture(side: int) -> Image.Image:
    from PIL import Image, ImageDraw  # noqa: PLC0415  # see draw_icons

    above, below = _SKY
    column = Image.new("RGB", (1, side))
    for y in range(side):
        share = y / side
        column.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True)))
    image = column.resize((side, side))
    draw = ImageDraw.Draw(image)
    _sun(draw, side)
    _figure(draw, side)
    _spine(draw, side)
    _hill(draw, side)
    return image


def _sun(draw: ImageDraw.ImageDraw, side: int) -> None:
    """The sun of the cover, with one ring for every exercise."""
    sky = _between(*_SKY, _MIDDLE[1])
    for index, colour in reversed(list(enumerate(_RAYS, start=1))):
        _dot(draw, side, _MIDDLE, _SUN_RADIUS + 0.045 * index, colour)
        _dot(draw, side, _MIDDLE, _SUN_RADIUS + 0.045 * index - 0.02, sky)
    _dot(draw, side, _MIDDLE, _SUN_RADIUS, _SUN)


def _figure(draw: ImageDraw.ImageDraw, side: int) -> None:
    """Head, two raised arms with the hands behind the head, and a back that tapers to the waist."""
    head = (0.5, 0.35)
    _limb(draw, side, [head, (0.5, 0.525)], 0.075)
    for sign in (-1, 1):
        shoulder, elbow, hand = (0.5 + sign * 0.14, 0.575), (0.5 + sign * 0.265, 0.41), (0.5 + sign * 0.06, 0.35)
        _limb(draw, side, [shoulder, elbow, hand], 0.074)
    draw.polygon([(x * side, y * side) for x, y in _back()], fill=_FIGURE)
    _dot(draw, side, head, 0.092, _FIGURE)


def _back() -> list[_Point]:
    neck = [_curve((0.53, 0.465), (0.54, 0.525), (0.64, 0.54), share / 20) for share in range(21)]
    flank = [_curve((0.6695, 0.597), (0.594, 0.697), (0.655, 0.88), share / 20) for share in range(21)]
    right = [*neck, *flank]
    return right + [(1 - x, y) for x, y in reversed(right)]


def _hill(draw: ImageDraw.ImageDraw, side: int) -> None:
    line = [(x / 60, 0.825 + 0.016 * math.sin(0.6 + 2 * math.pi * x / 60)) for x in range(61)]
    draw.polygon([(x * side, y * side) for x, y in [*line, (1, 1), (0, 1)]], fill=_HILL)


def _spine(draw: ImageDraw.ImageDraw, side: int) -> None:
    for index in range(5):
        _dot(draw, side, (0.5, 0.54 + 0.056 * index), 0.0155 + 0.0016 * index, _SPINE)


def _curve(start: _Point, middle: _Point, end: _Point, share: float) -> _Point:
    """A point of a quadratic Bézier curve."""
    a, b, c = (1 - share) ** 2, 2 * share * (1 - share), share**2
    return a * start[0] + b * middle[0] + c * end[0], a * start[1] + b * middle[1] + c * end[1]


def _limb(draw: ImageDraw.ImageDraw, side: int, points: list[_Point], width: float) -> None:
    draw.line([(x * side, y * side) for x, y in points], fill=_FIGURE, width=round(width * side))
    for point in points:
        _dot(draw, side, point, width / 2, _FIGURE)


def _dot(draw: ImageDraw.ImageDraw, side: int, centre: _Point, radius: float, colour: _Colour) -> None:
    x, y, r = centre[0] * side, centre[1] * side, radius * side
    draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def _between(first: _Colour, second: _Colour, share: float) -> _Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
