#!/usr/bin/env python3
"""Do harm to the real server while virtual people train, and see that nothing falls over and nothing is lost."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from scripts.authority import Authority  # noqa: E402 # found only now
from scripts.chaos_faults import FAULTS, Scene  # noqa: E402
from scripts.chaos_people import Person, Stage  # noqa: E402
from scripts.chaos_places import Places  # noqa: E402
from scripts.chaos_site import Server, Site, SiteError, make_site  # noqa: E402
from scripts.chaos_wire import Notebook  # noqa: E402
from skill.echo.captions import Captions  # noqa: E402
from skill.errors import RugoefeningError  # noqa: E402
from skill.pack import PackReader  # noqa: E402
from skill.settings import load_settings  # noqa: E402

EXAMPLES = """examples:
  chaos.py                              every fault once
  chaos.py --minutes 30 --people 40     again and again, in another order each time
  chaos.py --fault killed locked        only these
  chaos.py --seed 7 --json              the choices of before, and the outcome as data

faults:
"""
_BACK_S = 30.0
_MOST_GROWTH_MB = 150.0


@dataclass(frozen=True)
class Outcome:
    """What one fault did."""

    fault: str
    requests: int
    refused: int
    errors: int
    unanswered: int
    people: int
    back: int
    finished: int
    kept: int
    longest_ms: int
    memory_mb: int
    problems: tuple[str, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the faults; exit status 0 when all promises held, 1 when one did not, 2 for wrong usage."""
    options = parser().parse_args(arguments)
    try:
        settings = load_settings()
        with tempfile.TemporaryDirectory(prefix="chaos") as folder:
            site = make_site(Path(folder) / "site", settings.packs)
            with opened(site, options) as play:
                outcomes = list(play.outcomes(options.minutes))
    except (RugoefeningError, SiteError) as error:
        _note(str(error))
        return 1
    print(json.dumps([asdict(one) for one in outcomes], indent=1) if options.json else table(outcomes))
    return 1 if any(one.problems for one in outcomes) else 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    known = "\n".join(f"  {name:<16} {fault.meaning}" for name, fault in FAULTS.items())
    found = argparse.ArgumentParser(
        description="Start the real server in production, let virtual people train, do harm, and see what it did.",
        epilog=EXAMPLES + known,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--minutes", type=_amount, default=0.0, metavar="N", help="go on so long (default: each once)")
    found.add_argument("--people", type=_count, default=24, metavar="N", help="how many train at a time (default 24)")
    found.add_argument("--fault", nargs="+", choices=FAULTS, default=[], metavar="NAME", help="only these faults")
    found.add_argument("--seed", type=int, default=1, metavar="N", help="what chance does (default 1)")
    found.add_argument(
        "--speed", type=_count, default=40, metavar="N", help="how much faster time passes for people (default 40)"
    )
    found.add_argument(
        "--lasts", type=_amount, default=2.0, metavar="S", help="seconds that people train on with a fault (default 2)"
    )
    found.add_argument("--json", action="store_true", help="the outcome as data")
    return found


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1000:
        raise argparse.ArgumentTypeError("give a whole number from 1 to 1000")
    return int(text)


def _amount(text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = 0.0
    if not 0 < amount <= 1440:
        raise argparse.ArgumentTypeError("give a number above 0, up to 1440")
    return amount


@dataclass
class Play:
    """The people, and the harm that is done around them."""

    scene: Scene
    people: Sequence[Person]
    faults: Sequence[str]
    lost: set[str] = field(default_factory=set)
    """The finished runs that were told to be lost: each is told once."""

    def outcomes(self, minutes: float) -> Iterator[Outcome]:
        """Every fault once, and then again in another order until the time is over."""
        until = time.monotonic() + minutes * 60
        names = list(self.faults)
        self.scene.go_on()  # so that the first fault finds people who train
        before = self.scene.server.memory_mb()
        while True:
            for name in names:
                yield self._one(name, before)
                if minutes and time.monotonic() > until:
                    return
            if not minutes:
                return
            self.scene.chance.shuffle(names)

    def _one(self, name: str, memory_before: float) -> Outcome:
        scene, notebook = self.scene, self.scene.notebook
        notebook.begin()
        started = time.monotonic()
        FAULTS[name].run(scene)
        broken = self._not_back()
        counted = self._counted()
        memory = scene.server.memory_mb()
        tally, problems = notebook.tally, notebook.taken()
        problems += [f"{person}: {problem}" for person, problem in broken.items()]
        lost = {run for run, kept in counted.items() if not kept}
        if lost - self.lost:
            told = ", ".join(
                sorted({f"{one.run} by {one.told}" for one in notebook.finishes if one.run in lost - self.lost})
            )
            problems.append(f"{len(lost - self.lost)} finished trainings are lost: {told}{self._store_told()}")
        self.lost |= lost
        if tally.errors:
            problems.append(f"{tally.errors} answers with status 500 or above")
        if tally.refused and not FAULTS[name].refuses:
            problems.append(f"{tally.refused} genuine requests were refused")
        if memory > memory_before + _MOST_GROWTH_MB:
            problems.append(f"the server grew from {memory_before:.0f} to {memory:.0f} MB")
        if not scene.server.is_alive:
            problems.append("the server is dead")
        problems += self._log_problems()
        _note(f"{name}: {time.monotonic() - started:.1f} s, {len(problems)} problems")
        return Outcome(
            fault=name,
            requests=tally.requests,
            refused=tally.refused,
            errors=tally.errors,
            unanswered=tally.unanswered,
            people=len(self.people),
            back=len(self.people) - len(broken),
            finished=len(counted),
            kept=len(counted) - len(lost),
            longest_ms=round(tally.longest_ms),
            memory_mb=round(memory),
            problems=tuple(problems),
        )

    def _not_back(self) -> dict[str, str]:
        """By name, why people are not back in their place."""
        stage = self.scene.stage
        stage.ask()
        until = time.monotonic() + _BACK_S
        while len(stage.reports) < len(self.people) and time.monotonic() < until:
            time.sleep(0.02)
        found = dict(stage.reports)
        silent = {one.name: "nothing was heard of them" for one in self.people if one.name not in found}
        return {name: problem for name, problem in {**found, **silent}.items() if problem}

    def _counted(self) -> dict[str, bool]:
        """The runs whose finish was answered while the store was well, and whether they are in it."""
        notebook = self.scene.notebook
        wanted = {one.run for one in list(notebook.finishes) if notebook.was_well(one.since, one.answered)}
        stored = self.scene.site.finished()
        return {run: run in stored for run in sorted(wanted)}

    def _store_told(self) -> str:
        """What the log says of the store, behind what was lost."""
        told = [line for line in list(self.scene.server.lines) if "progress cannot" in line]
        return f"; the log says: {told[-1][:300]}" if told else ""

    def _log_problems(self) -> list[str]:
        lines = list(self.scene.server.lines)
        self.scene.server.lines.clear()
        found = [f"the log tells of an error: {line[:300]}" for line in lines if _is_error(line)][:1]
        if any("amzn1.ask.account" in line or "amzn1.ask.device" in line for line in lines):
            found.append("the log holds an id of a person or device")
        return found


def _is_error(line: str) -> bool:
    try:
        told = json.loads(line)
    except ValueError:  # what was said before the log began, or cut off by a kill
        return "Traceback" in line
    return isinstance(told, dict) and told.get("level") in ("error", "critical")


@contextmanager
def opened(site: Site, options: argparse.Namespace) -> Iterator[Play]:
    """A site with a server that answers, and people who train there; all end with the block.

    Raises SiteError when the server does not start.
    """
    with Authority(site.folder) as authority:
        server = Server(site, authority.environ)
        stage = _stage(site, server, authority, options)
        people = [Person(f"person-{number}", stage) for number in range(options.people)]
        threads = [threading.Thread(target=one.run, daemon=True) for one in people]
        scene = Scene(
            site,
            server,
            authority,
            stage,
            stage.notebook,
            random.Random(options.seed),  # noqa: S311 # to be repeatable, not secret
            options.lasts,
            options.people,
        )
        try:
            server.start()
            for thread in threads:
                thread.start()
            yield Play(scene, people, options.fault or list(FAULTS))
        finally:
            stage.over = True
            for thread in threads:
                if thread.ident is not None:  # it was started
                    thread.join(10)
            server.end()


def _stage(site: Site, server: Server, authority: Authority, options: argparse.Namespace) -> Stage:
    return Stage(
        settings=site.settings,
        port=server.port,
        sign=authority.sign,
        notebook=Notebook(),
        places=Places(PackReader(site.pack)),
        captions=Captions(PackReader(site.pack)),
        seed=options.seed,
        speed=float(options.speed),
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes for people, and below them what is not as it must be."""
    head = ("fault", "requests", "refused", "5xx", "unanswered", "back in place", "runs kept", "longest ms", "MB")
    rows = [
        (
            one.fault,
            one.requests,
            one.refused,
            one.errors,
            one.unanswered,
            f"{one.back}/{one.people}",
            f"{one.kept}/{one.finished}",
            one.longest_ms,
            one.memory_mb,
        )
        for one in outcomes
    ]
    widths = [max(len(str(row[column])) for row in (head, *rows)) for column in range(len(head))]
    lines = [
        "  ".join(
            f"{value:<{width}}" if not index else f"{value:>{width}}"
            for index, (value, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, *rows)
    ]
    problems = [f"{one.fault}: {problem}" for one in outcomes for problem in one.problems]
    return "\n".join([*lines, *(["", "Problems:", *problems] if problems else ["", "No problem was found."])])


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
