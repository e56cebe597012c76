"""``rugoefening understand TEXT``: which command a sentence means, and why."""

from __future__ import annotations

import argparse
import json
import sys

from skill.alexa.locales import LOCALES
from skill.echo.echo import understanding_of
from skill.echo.routing import Router
from skill.echo.understanding import Grounds, Understanding, Understood, load_understanding
from skill.settings import load_settings

EXAMPLES = """examples:
  rugoefening understand "sla maar over"
  rugoefening understand --json "ik word een beetje duizelig"
  rugoefening understand --locale en-GB "I feel dizzy"
  rugoefening understand vraag rugoefening naar de resterende tijd
"""


def main(arguments: list[str]) -> int:
    """Print what is understood; the exit status is returned (always 0: not understanding is an answer too).

    Raises ModelError when the interaction model cannot be read, SettingsError when a setting is wrong.
    """
    parser = argparse.ArgumentParser(
        prog="rugoefening understand",
        description="Which command a sentence means, by the generated interaction model and what is assumed of Alexa.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("text", nargs="+", help="what somebody says; wake word and name may stand in front")
    parser.add_argument("--locale", choices=LOCALES, default=LOCALES[0], help="the language of the device")
    parser.add_argument("--json", action="store_true", help="data instead of text")
    chosen = parser.parse_args(arguments)
    understanding = understanding_of(chosen.locale)
    text = " ".join(chosen.text)
    asked = _asked(understanding, text)
    found = _understood(understanding, text, asked)
    if chosen.json:
        shown = {"command": found.command, "intent": found.intent, "slots": dict(found.slots), "score": found.score}
        _print(json.dumps(shown, ensure_ascii=False))
        return 0
    slots = "".join(f" {name}={value}" for name, value in found.slots.items())
    _print(f"{found.command}{slots}  ({found.intent}, {found.score:.2f}: {found.why})")
    if asked is not None:
        _explain(understanding.grounds(asked), found)
    return 0


def understood(text: str) -> Understood:
    """What a sentence means, its wake word and the name of the skill left aside."""
    understanding = load_understanding()
    return _understood(understanding, text, _asked(understanding, text))


def _asked(understanding: Understanding, text: str) -> str | None:
    settings = load_settings()
    router = Router(understanding, invocation=settings.invocation, wake_word=settings.wake_word)
    return router.unwrapped(text)


def _understood(understanding: Understanding, text: str, asked: str | None) -> Understood:
    if asked is None:
        return Understood(text, "start", "LaunchRequest", {}, 1.0, "opens the skill by its name")
    return understanding.understand(asked)


def _explain(grounds: Grounds, found: Understood) -> None:
    """What else it went by: the samples that come closest, alarm words, and words that carry no meaning."""
    closest = next((one for one in grounds.closest if one.sample.intent == found.intent), None)
    other = next((one for one in grounds.closest if one.sample.intent != found.intent), None)
    for label, likeness in (("closest", closest), ("runner-up", other)):
        if likeness is not None:
            words = " ".join(likeness.sample.words)
            _print(f"  {label:10} {words!r}  ({likeness.sample.intent}, {likeness.score:.2f})")
    if grounds.alarms:
        _print(f"  {'alarm':10} {', '.join(dict.fromkeys(grounds.alarms))}")
    if grounds.left_out:
        _print(f"  {'left out':10} {', '.join(grounds.left_out)}")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
