"""What a build has to do: compares the content with what was made before. Writes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from audio.cache import SpeechCache
from audio.publish import Ledger
from audio.score import Score, Utterance, scores
from audio.tasks import Made, Shop
from audio.voices.base import Voice
from skill.content import Content

CACHE = ".cache"
"""The folder beside the packs that holds what is kept between builds."""
_PARTS = ("filters", "loudness", "master", "mix", "mp3", "part", "sounds", "work")
_FILES = ("finish", "join", "score", "timeline")
"""The modules that shape parts, and those that shape files: when one changes, its work is done anew."""


@dataclass(frozen=True)
class Plan:
    """Every file that must be, by the digest of its score, and which of them are there already."""

    content: Content
    shop: Shop
    scores: Mapping[str, Score]
    made: Mapping[str, Made]
    """Files that are there, by digest."""
    notes: tuple[str, ...] = ()
    """What was found damaged."""

    @property
    def missing(self) -> list[str]:
        """The digests of the files that must be made."""
        return [digest for digest in self.scores if digest not in self.made]

    @property
    def utterances(self) -> list[Utterance]:
        """Every sentence that is said anywhere, once."""
        return list(dict.fromkeys(one for score in self.scores.values() for one in score.utterances))

    @property
    def needed(self) -> list[Utterance]:
        """The sentences of the files that must be made, once."""
        return list(dict.fromkeys(one for digest in self.missing for one in self.scores[digest].utterances))


def cache_folder(packs: Path, voice: Voice) -> Path:
    """Where what is kept between builds of a voice stands."""
    return packs / CACHE / voice.name


def make_plan(content: Content, voice: Voice, packs: Path) -> Plan:
    """Look what is there and what must be made."""
    recipe = recipe_hash(_PARTS)
    cache = SpeechCache(cache_folder(packs, voice), voice.fingerprint, recipe)
    shop = Shop(voice, cache, packs / voice.name, content.pronunciation)
    by_digest: dict[str, Score] = {}
    making = f"{voice.fingerprint} {voice.softening_db} {recipe} {recipe_hash(_FILES)}"
    for score in scores(content):
        digest = score.digest(making, shop.spoken)
        known = by_digest.get(digest)
        by_digest[digest] = replace(known, keys=(*known.keys, *score.keys)) if known else score
    ledger = Ledger.read(ledger_path(shop))
    notes = [ledger.note] if ledger.note else []
    made: dict[str, Made] = {}
    for digest in by_digest:
        one = ledger.made.get(digest)
        if one is None:
            continue
        path = shop.folder / one.file
        if _is_whole(path, one, ledger.written) and _has_steps(path.parent, one):
            made[digest] = one
        else:
            notes.append(f"{path} or one of its steps is missing or damaged; it is made anew")
    return Plan(content, shop, by_digest, made, tuple(notes))


def ledger_path(shop: Shop) -> Path:
    """The file that says which file was made of which score."""
    return shop.cache.folder / "ledger.json"


def recipe_hash(modules: Iterable[str]) -> str:
    """A hash over the code of modules that shape the sound."""
    digest = hashlib.sha256()
    for name in modules:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()[:16]


def _has_steps(folder: Path, made: Made) -> bool:
    """Whether the files of the steps are there, and together as long as their track."""
    try:
        sizes = [(folder / step["file"]).stat().st_size for step in made.steps]
    except (OSError, KeyError):
        return False
    return not sizes or sum(sizes) == made.size


def _is_whole(path: Path, made: Made, known: float) -> bool:
    """Whether a file is as it was made; one that was written after the ledger is read to see."""
    try:
        stat = path.stat()
        if stat.st_size == made.size and stat.st_mtime > known:
            return hashlib.sha256(path.read_bytes()).hexdigest().startswith(made.hash)
    except OSError:
        return False
    return stat.st_size == made.size
