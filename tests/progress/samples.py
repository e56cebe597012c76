"""What the tests of progress store, and how they look into the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from skill.progress import Place

PLACE = Place("run1", "bovenrug", "open_book", "position", 12_000, "basic", "normal", "aaaaaaaa", "b", 1000.0)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table in the file."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for (table,) in tables}  # noqa: S608  # names from the schema


def schema(path: Path) -> tuple[int, list[str]]:
    """The version of the file, and the columns of its tables."""
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        columns = connection.execute(
            "SELECT m.name || '.' || c.name || ' ' || c.type FROM sqlite_master m, pragma_table_info(m.name) c "
            "WHERE m.type = 'table' ORDER BY 1"
        ).fetchall()
        return version, [name for (name,) in columns]
