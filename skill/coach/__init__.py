"""Decides what happens next, without I/O, clock or Alexa."""

from skill.coach.commands import Command
from skill.coach.decide import decide, press
from skill.coach.events import follow, retry, retry_queued
from skill.coach.reply import Play, Reply
from skill.coach.situation import Button, Intro, Playhead, Question, Situation, State, Stream, Way
from skill.coach.stepping import fall_silent

__all__ = [
    "Button",
    "Command",
    "Intro",
    "Play",
    "Playhead",
    "Question",
    "Reply",
    "Situation",
    "State",
    "Stream",
    "Way",
    "decide",
    "fall_silent",
    "follow",
    "press",
    "retry",
    "retry_queued",
]
