"""Checking a finished pack: every rule of the sound with its target and what was measured."""

from audio.check.every_rule import check
from audio.check.rule import Rule, table

__all__ = ["Rule", "check", "table"]
