"""The errors that rugoefening raises on purpose; every message says what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence


class RugoefeningError(Exception):
    """Base of everything a user can mend; the command line prints it without a traceback and exits with 1."""


class ProblemsError(RugoefeningError):
    """Several problems found together; ``problems`` holds one readable line each."""

    def __init__(self, title: str, problems: Sequence[str]) -> None:
        self.title = title
        self.problems = tuple(problems)
        super().__init__("\n".join([title, *(f"  {problem}" for problem in self.problems)]))


class ContentError(ProblemsError):
    """The YAML of a routine or of the prompts is wrong; each problem reads ``file:line: what, what to write``."""


class SettingsError(ProblemsError):
    """One or more ``RUGOEFENING_*`` settings are wrong."""


class PackError(RugoefeningError):
    """A pack is missing, unreadable, or lacks something that the content needs."""


class StoreError(RugoefeningError):
    """What is remembered per person cannot be read or written now."""


class AudioError(RugoefeningError):
    """Audio could not be made: a voice, a cache file or a disk is at fault."""


class ModelError(ProblemsError):
    """An interaction model cannot be made from its phrases, or is out of date."""


class SkillPackageError(ProblemsError):
    """The skill package for Amazon cannot be made: a name, an address, a text or a folder is not right."""


class RequestRefusedError(RugoefeningError):
    """A request that is not a genuine one of Alexa; ``reason`` is one short word for the log and the figures."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)
