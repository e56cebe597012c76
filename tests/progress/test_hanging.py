"""A thread that does not come back from the disk: the others do without, and wait for it no longer than they must."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from skill.errors import StoreError
from skill.progress.database import Database
from skill.progress.trouble import REST_S


@contextmanager
def hanging(database: Database) -> Iterator[None]:
    """Another thread uses the file as long as the block lasts."""
    inside, over = threading.Event(), threading.Event()

    def hang() -> None:
        with database.reading():
            inside.set()
            over.wait(30)

    with ThreadPoolExecutor(1) as other:
        done = other.submit(hang)
        assert inside.wait(10)
        yield
        over.set()
        done.result()


def use(database: Database) -> None:
    """Read something."""
    with database.reading() as connection:
        connection.execute("SELECT count(*) FROM person").fetchone()


def test_a_disk_that_hangs_is_waited_for_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The first waits in vain, all others are refused at once for a while; it is told once, and its end too."""
    database = Database(tmp_path / "progress.sqlite3")
    use(database)
    with hanging(database):
        with pytest.raises(StoreError, match="another thread is busy with it for too long"):
            use(database)
        for _ in range(3):
            with pytest.raises(StoreError, match="a moment ago"):
                use(database)
        with pytest.raises(StoreError, match="a moment ago"), database.writing():
            raise AssertionError("nobody gets in")
    time.sleep(REST_S)
    use(database)
    assert [one.rpartition("progress")[2] for one in caplog.messages][-1:] == [" can be used again"]
    assert len(caplog.messages) == 2
