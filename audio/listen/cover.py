"""The cover of an exported training: a calm morning, drawn by the program with Pillow's own font."""

from __future__ import annotations

import io
import math

from PIL import Image, ImageDraw, ImageFont

SIDE = 1000
"""Width and height (pixels)."""
_SCALE = 2
"""Drawn this much larger and made smaller at the end, for smooth edges."""
_QUALITY = 88
_Colour = tuple[int, int, int]

_SKY: tuple[_Colour, _Colour] = ((250, 244, 232), (246, 214, 186))
_SUN: _Colour = (240, 168, 116)
_RAYS: tuple[_Colour, ...] = ((246, 206, 172), (247, 214, 184), (248, 222, 197))
_INK: _Colour = (38, 66, 70)
_HILLS: tuple[tuple[_Colour, float, float, float], ...] = (
    ((157, 188, 176), 0.655, 0.030, 0.4),
    ((98, 146, 140), 0.735, 0.038, 2.3),
    ((47, 96, 99), 0.835, 0.032, 4.4),
)
"""Colour, height of the middle, height of the wave and its phase; from far to near."""


def draw_cover(name: str, title: str) -> bytes:
    """A square JPEG of 1000 pixels, under 200 kB: the name large, the title in one or two lines below it."""
    side = SIDE * _SCALE
    image = _sky(side)
    draw = ImageDraw.Draw(image)
    _sun(draw, side)
    for colour, middle, height, phase in _HILLS:
        draw.polygon(_hill(side, middle, height, phase), fill=colour)
    _text(draw, side, name, top=0.085, largest=0.135)
    for index, line in enumerate(two_lines(title)):
        _text(draw, side, line, top=0.255 + 0.062 * index, largest=0.05)
    written = io.BytesIO()
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


def two_lines(title: str) -> list[str]:
    """A title in one line, or in two of about the same length."""
    words = title.split()
    if len(title) <= 26 or len(words) < 2:
        return [title]
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return list(min(cuts, key=lambda pair: max(map(len, pair))))


def _sky(side: int) -> Image.Image:
    above, below = _SKY
    column = Image.new("RGB", (1, side))
    for y in range(side):
        share = y / side
        column.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True)))
    return column.resize((side, side))


def _sun(draw: ImageDraw.ImageDraw, side: int) -> None:
    """A rising sun with three rings, one for every exercise."""
    x, y = side * 0.5, side * 0.665
    for index, colour in reversed(list(enumerate(_RAYS, start=1))):
        radius = side * (0.145 + 0.036 * index)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=round(side * 0.011))
    radius = side * 0.14
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_SUN)


def _hill(side: int, middle: float, height: float, phase: float) -> list[tuple[float, float]]:
    steps = 120
    line = [
        (side * x / steps, side * (middle + height * math.sin(phase + 2 * math.pi * x / steps)))
        for x in range(steps + 1)
    ]
    return [*line, (side, side), (0, side)]


def _text(draw: ImageDraw.ImageDraw, side: int, text: str, *, top: float, largest: float) -> None:
    """A centred line, smaller when it is long."""
    size = largest * side
    length = draw.textlength(text, font=ImageFont.load_default(size))
    size *= min(1.0, 0.84 * side / max(1.0, length))
    draw.text((side / 2, top * side), text, fill=_INK, font=ImageFont.load_default(size), anchor="ma")
