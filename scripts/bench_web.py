"""The part ``web`` of bench.py: the page of the Echo in a real browser, on a server on loopback."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.bench_serve import Figure, Result, figures
from scripts.bench_served import development, stolen_s
from scripts.bench_web_page import Load, Memory, first_load, presses, training
from scripts.chromium import find_chromium
from skill.settings import load_settings

KB = 1024
SLOWED = 4
"""How much slower than it is the processor seems to the page, as Lighthouse does it."""
TEN = ("pause", "resume", *["next"] * 4, "previous", "repeat", "next")
"""The buttons after the first one."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    loads: int = 10
    first_presses: int = 5
    sessions: int = 10
    whole: bool = True
    """Whether a session is a whole training, and not its first steps."""
    moment_ms: int = 700
    """Between two presses, as of somebody in a hurry."""


def web(*, sessions: int, as_json: bool) -> int:
    """Measure and print a table or data; the exit status: 1 when the page complained."""
    load = os.getloadavg()[0]
    result = measure(Size(sessions=sessions), load_settings().packs)
    if as_json:
        print(json.dumps({"processors": os.cpu_count(), "load_before": load, **asdict(result)}, indent=1))
    else:
        print("\n".join(figures(result)))
        print(f"\n{result.requests} tabs; the browser complained {len(result.problems)} times.")
        print("\n".join(f"  {one}" for one in result.problems[:5]))
    return 1 if result.problems else 0


def measure(size: Size, packs: Path) -> Result:
    """Measure it all, with the packs in this folder. Ends the program when there is no browser or no server."""
    path = find_chromium()
    if path is None:
        raise SystemExit("there is no Chromium here; install the system's package chromium")
    began, stolen = time.monotonic(), stolen_s()
    with (
        tempfile.TemporaryDirectory() as folder,
        development(Path(folder) / "progress.sqlite3", packs) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        found = _Bench(browser, f"http://127.0.0.1:{server.port}", size)
        measured = [*found.loads(), *found.button_to_sound(), *found.memory()]
        browser.close()
    taken = None if stolen is None else ((stolen_s() or 0) - stolen) / (time.monotonic() - began)
    share = None if taken is None else taken / (os.cpu_count() or 1) * 100
    return Result([*measured, Figure("taken away by the host meanwhile", share, "%")], found.tabs, found.troubles)


class _Bench:
    """One measurement: the browser, and what it complained about."""

    def __init__(self, browser: Browser, url: str, size: Size) -> None:
        self._browser = browser
        self._url = url
        self._size = size
        self.tabs = 0
        self.troubles: list[str] = []

    def loads(self) -> Iterator[Figure]:
        """The first load, and when the page is usable, beside a page of mere text of the same server."""
        with self._tab() as page:
            page.goto(f"{self._url}/privacy")  # what a browser or a server does only once is not the page's
        loads = [self._load("/") for _ in range(self._size.loads)]
        texts = [self._load("/privacy") for _ in range(self._size.loads)]
        kb = max(one.bytes for one in loads) / KB
        usable, text = (statistics.median(one.usable_ms for one in some) for some in (loads, texts))
        yield Figure("first load, without audio", kb, "KB", "<= 150", kb <= 150)
        yield Figure(f"usable, {SLOWED} x slowed, median", usable, "ms", "<= 1000", usable <= 1000)
        yield Figure(f"usable, {SLOWED} x slowed, best", min(one.usable_ms for one in loads), "ms")
        yield Figure(f"a page of text, {SLOWED} x slowed, median", text, "ms")
        yield Figure("usable : a page of text", usable / text, "")

    def button_to_sound(self) -> Iterator[Figure]:
        """From the click to the sound, as the browser tells both."""
        firsts: list[float] = []
        moment_ms = self._size.moment_ms
        for _ in range(self._size.first_presses):
            with self._tab() as page:
                firsts += presses(page, self._url, (), moment_ms)
        with self._tab() as page:
            ten = presses(page, self._url, TEN, moment_ms)
        yield _sound("first button to sound, median", statistics.median(firsts))
        yield _sound("first button to sound, worst", max(firsts))
        yield _sound("ten buttons to sound, median", statistics.median(ten))
        yield _sound("ten buttons to sound, worst", max(ten))

    def memory(self) -> Iterator[Figure]:
        """What one tab holds after each of some trainings; flat is what does not grow with them."""
        size = self._size
        with self._tab() as page:
            held = [training(page, self._url, whole=size.whole, moment_ms=size.moment_ms) for _ in range(size.sessions)]
        yield from _flat(held)

    def _load(self, path: str) -> Load:
        with self._tab() as page:
            return first_load(page, self._url + path, slowed=SLOWED)

    @contextmanager
    def _tab(self) -> Iterator[Page]:
        """A new tab of somebody who was never here."""
        self.tabs += 1
        with self._browser.new_context(locale="nl-NL") as context:
            page = context.new_page()
            page.on("pageerror", lambda error: self.troubles.append(str(error)))
            page.on("console", lambda one: self.troubles.append(one.text) if one.type == "error" else None)
            yield page


def _sound(name: str, ms: float) -> Figure:
    return Figure(name, ms, "ms", "<= 150", ms <= 150)


def _flat(held: Sequence[Memory]) -> Iterator[Figure]:
    first, last = held[0], held[-1]
    growth = last.heap_bytes / first.heap_bytes
    yield Figure("memory of the tab, after the first training", first.heap_bytes / KB, "KB")
    yield Figure(f"memory of the tab, after {len(held)} trainings", last.heap_bytes / KB, "KB")
    yield Figure("memory, last : first", growth, "", "<= 1.20", growth <= 1.2)
    yield Figure("nodes of the page, after the first training", first.nodes, "")
    yield Figure(f"nodes of the page, after {len(held)} trainings", last.nodes, "")
