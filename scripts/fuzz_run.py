"""Runs one target in this process: ``python -m scripts.fuzz_run``, started by ``scripts/fuzz.py``.

It is a process of its own because atheris ends the one it runs in, and must rewrite the product's code before
anything of it is imported.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import json
import os
import random
import re
import sys
import tempfile
import time
import traceback
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Tally:
    """What came of the inputs so far."""

    folder: Path
    target: str
    began: float = field(default_factory=time.monotonic)
    inputs: int = 0
    ms: array[float] = field(default_factory=lambda: array("f"))
    findings: dict[str, int] = field(default_factory=dict)

    def attack(self, attack: Callable[[bytes], float], data: bytes) -> None:
        """Count one input; what goes wrong is saved, once for each kind, by the smallest input."""
        self.inputs += 1
        try:
            self.ms.append(attack(data))
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
            self._save(error, data)

    def _save(self, error: Exception, data: bytes) -> None:
        lines = traceback.format_exception(error)
        text = f"{type(error).__name__}: {error}"
        kind = hashlib.sha256(re.sub(r"\d+", "#", text[-300:]).encode(errors="replace")).hexdigest()[:12]
        self.findings[kind] = self.findings.get(kind, 0) + 1
        path = self.folder / f"{self.target}-{kind}.bin"
        with suppress(OSError):
            if not path.exists() or path.stat().st_size > len(data):
                path.write_bytes(data)
                path.with_suffix(".txt").write_text("".join(lines), "utf-8", errors="replace")

    def report(self) -> dict[str, Any]:
        """The figures as data."""
        ordered = sorted(self.ms)
        at = {"p50_ms": 0.5, "p99_ms": 0.99, "max_ms": 1.0}
        figures = {name: round(ordered[int((len(ordered) - 1) * part)], 3) for name, part in at.items() if ordered}
        seconds = round(time.monotonic() - self.began, 1)
        return {"inputs": self.inputs, "findings": self.findings, "seconds": seconds, **figures}


def main() -> int:
    """Run a target and write its report."""
    options = _options()
    tally = Tally(options.findings, options.target)
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        if options.engine == "atheris":
            return _guided(options, tally, Path(folder))
        targets: Any = importlib.import_module("scripts.fuzz_targets")
        target = targets.TARGETS[options.target]
        armed = target.arm(options.packs, Path(folder))
        gc.freeze()  # what is always there is not looked through again and again
        tally.began = time.monotonic()
        for data in _chosen(options, armed.corpus, shaped=target.shaped):
            tally.attack(armed.attack, data)
        _finish(options, tally, armed)
    return 0


def _chosen(options: argparse.Namespace, corpus: list[bytes], *, shaped: bool) -> Iterator[bytes]:
    """The inputs without a guide: one file to try again, or as many as are asked for."""
    if options.replay:
        yield options.replay.read_bytes()
        return
    from scripts.fuzz_mutate import mangled  # noqa: PLC0415  # after the choice of the engine

    chance = random.Random(options.seed)  # noqa: S311  # to be repeatable is what it is for
    until = time.monotonic() + options.seconds
    for number in range(options.inputs):
        if time.monotonic() > until:
            return
        if number < len(corpus):
            yield corpus[number]
        elif shaped:
            yield chance.randbytes(chance.choice((40, 400, 2_000, 6_000)))
        else:
            yield mangled(chance, chance.choice(corpus))


def _guided(options: argparse.Namespace, tally: Tally, folder: Path) -> int:
    """Let atheris look for inputs that reach new code; it ends the process itself."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["skill", "ask_sdk_core", "yaml", "dateutil"]):
        targets: Any = importlib.import_module("scripts.fuzz_targets")
        armed = targets.TARGETS[options.target].arm(options.packs, folder)
        known = folder / "corpus"
        known.mkdir()
        for number, data in enumerate(armed.corpus):
            (known / str(number)).write_bytes(data)
    gc.freeze()  # what is always there is not looked through again and again
    tally.began = time.monotonic()
    until = tally.began + options.seconds

    def one(data: bytes) -> None:
        tally.attack(armed.attack, data)
        if tally.inputs >= options.inputs or time.monotonic() > until:
            _finish(options, tally, armed)
            sys.stdout.flush()
            os._exit(0)  # libFuzzer has no other way to stop at a count

    limits = ["-max_len=8192", f"-seed={options.seed + 1}", "-verbosity=0", "-rss_limit_mb=4096", "-timeout=600"]
    atheris.Setup(["fuzz", *limits, str(known)], one)
    atheris.Fuzz()
    return 1


def _finish(options: argparse.Namespace, tally: Tally, armed: Any) -> None:
    try:
        armed.last()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
        tally.findings[f"at the end: {error}"] = 1
    options.report.write_text(json.dumps(tally.report()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzz_run")
    for name in ("target", "engine"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("packs", "findings", "report"):
        parser.add_argument(f"--{name}", required=True, type=Path)
    parser.add_argument("--inputs", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--replay", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
