"""What can be fuzzed: each target takes bytes, answers the CPU time (ms), and raises Finding for a defect."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts import fuzz_http
from scripts.fuzz_app import CPU_MS, Finding, UnderFire, development, production
from scripts.fuzz_model import KINDS, ByteRandom, envelope, envelope_of
from scripts.fuzz_mutate import spoiled
from scripts.fuzz_words import Words, words_of
from scripts.fuzz_yaml import TRAPS, YamlReader, small_file
from skill.alexa.token import decode, encode
from skill.coach.situation import MARKS
from skill.pack import MANIFEST, load_pack

PACKS = Path(__file__).resolve().parent.parent / "build" / "test-packs"
VOICE = "espeak"

Attack = Callable[[bytes], float]


@dataclass(frozen=True)
class Armed:
    """A target that is ready: what takes an input, examples to begin with, and what is looked at in the end."""

    attack: Attack
    corpus: Sequence[bytes]
    last: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Target:
    """Something to fuzz."""

    about: str
    arm: Callable[[Path, Path], Armed]
    """Makes it ready, with the folder of the packs and one for itself."""
    shaped: bool = False
    """Whether its bytes only steer choices, so that random bytes do as well as changed examples."""


def _words(packs: Path) -> Words:
    return words_of(load_pack(packs / VOICE / MANIFEST))


def _spoiled_envelopes(app: UnderFire, words: Words) -> Armed:
    def attack(data: bytes) -> float:
        random = ByteRandom(data)
        return app.alexa(spoiled(random, envelope(random, words)))

    return Armed(attack, [bytes(range(256)) * 4], app.judge_store)


def _request(packs: Path, folder: Path) -> Armed:
    return _spoiled_envelopes(development(packs, folder), _words(packs))


def _production(packs: Path, folder: Path) -> Armed:
    return _spoiled_envelopes(production(packs, folder), _words(packs))


def _body(packs: Path, folder: Path) -> Armed:
    app, words = development(packs, folder), _words(packs)
    valid = [spoiled(ByteRandom(b""), envelope_of(kind, ByteRandom(kind.encode() * 200), words)) for kind in KINDS]
    return Armed(app.alexa, valid, app.judge_store)


def _http(packs: Path, folder: Path) -> Armed:
    app = development(packs, folder)
    files = sorted(load_pack(packs / VOICE / MANIFEST).files)

    def attack(data: bytes) -> float:
        environ, body = fuzz_http.request(ByteRandom(data), files)
        return app.http(environ, body)

    return Armed(attack, [bytes(range(256))])


def _token(packs: Path, _: Path) -> Armed:
    def attack(data: bytes) -> float:
        text = data.decode("utf-8", "surrogatepass" if data[:1] > b"\x40" else "replace")
        began = time.thread_time()
        found = decode(text)
        ms = (time.thread_time() - began) * 1000
        if found is not None and (decode(encode(found)) != found or not found.marks <= MARKS or len(text) > 512):
            raise Finding(f"{text!r} is taken for {found}")
        if ms > CPU_MS:
            raise Finding(f"{ms:.0f} ms of CPU time")
        return ms

    def tolerant(data: bytes) -> float:
        try:
            return attack(data)
        except UnicodeDecodeError:
            return attack(data.decode("latin-1").encode())

    return Armed(tolerant, [one.encode() for one in _words(packs).tokens])


def _yaml(_: Path, folder: Path) -> Armed:
    reader = YamlReader(folder)
    return Armed(lambda data: reader.small(data[:4_096]), [trap.encode("utf-8", "surrogatepass") for trap in TRAPS])


def _yaml_traps(_: Path, folder: Path) -> Armed:
    reader = YamlReader(folder)

    def attack(data: bytes) -> float:
        return reader.small(small_file(ByteRandom(data)).encode("utf-8", "surrogatepass"))

    return Armed(attack, [bytes(range(64))])


def _yaml_whole(_: Path, folder: Path) -> Armed:
    reader = YamlReader(folder)
    return Armed(lambda data: reader.whole(ByteRandom(data)), [bytes(range(256))])


def _verifier(_: Path, folder: Path) -> Armed:
    from scripts.fuzz_verify import VerifierUnderFire  # noqa: PLC0415  # only here cryptography is needed

    verifier = VerifierUnderFire(folder)
    return Armed(lambda data: verifier.request(ByteRandom(data)), [bytes(range(128))])


def _chain(_: Path, folder: Path) -> Armed:
    from scripts.fuzz_verify import VerifierUnderFire  # noqa: PLC0415  # only here cryptography is needed

    verifier = VerifierUnderFire(folder)
    return Armed(verifier.chain, [verifier.pem, verifier.pem[:600], b"-----BEGIN CERTIFICATE-----\n"])


TARGETS: Mapping[str, Target] = {
    "request": Target("envelopes of every type, spoiled, through the whole application in development", _request, True),
    "production": Target("the same in production, behind a verifier that lets everything pass", _production, True),
    "body": Target("bytes as the body of a request, from valid envelopes", _body),
    "http": Target("odd methods, paths, headers and lengths", _http, True),
    "token": Target("the stream token", _token),
    "yaml": Target("small YAML files, from one trap each", _yaml),
    "yaml-traps": Target("small YAML files of several traps", _yaml_traps, True),
    "yaml-whole": Target("the shipped YAML files, spoiled line by line", _yaml_whole, True),
    "verifier": Target("forged headers and bodies for the verifier", _verifier, True),
    "chain": Target("bytes as a chain of certificates", _chain),
}
"""Every target by its name."""
