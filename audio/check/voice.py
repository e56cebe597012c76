"""What the build measured of every sentence beside the voice's own recording, which is not in the pack."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from audio.check.rule import Limits, Reading, Rule, rule
from audio.part import Figures
from audio.plan import make_plan
from audio.voices.base import Voice
from skill.content import Content
from skill.errors import AudioError

SOFTER = Limits("5–9 kHz against 0.3–3 kHz, softer than the voice (dB)", "≥ 6", least=6)
PRESSED = Limits("speech that the limiter takes over 8 dB (%)", "≤ 5", most=5)


def voice_rules(content: Content, voice: Voice | None, packs: Path) -> list[Rule]:
    """How much softer a sharp voice became, and how hard the limiter works."""
    if voice is None:
        return _unknown("the voice is not given")
    try:
        plan = make_plan(content, voice, packs)
    except AudioError as error:
        return _unknown(str(error))
    parts = [plan.shop.cache.part(plan.shop.key(one)) for one in plan.utterances]
    figures = [part.figures for part in parts if part is not None and part.figures is not None]
    if len(figures) < len(parts) or not figures:
        return _unknown(f"{len(parts) - len(figures)} of {len(parts)} sentences are not in the cache")
    pressed = 100 * sum(one.pressed_ms for one in figures) / max(1, sum(one.speech_ms for one in figures))
    softer = SOFTER.judge({voice.name: [Reading(_softer_db(figures))]} if voice.softening_db else {})
    return [softer, PRESSED.judge({voice.name: [Reading(pressed)]})]


def _softer_db(figures: Sequence[Figures]) -> float:
    raw = _sharpness(sum(one.raw_high for one in figures), sum(one.raw_low for one in figures))
    made = _sharpness(sum(one.made_high for one in figures), sum(one.made_low for one in figures))
    return 10 * math.log10(raw / made)


def _sharpness(high: float, low: float) -> float:
    return max(high, 1e-12) / max(low, 1e-12)


def _unknown(why: str) -> list[Rule]:
    """Both rules need what the build measured beside the recording."""
    return [
        rule(one.rule, one.target, f"unknown: {why}", ["build again with this voice: rugoefening audio build"])
        for one in (SOFTER, PRESSED)
    ]
