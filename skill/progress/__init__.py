"""What is remembered per person: where they were, level, tempo, finished runs; never anything about health."""

from skill.progress.sqlite import SqliteStore
from skill.progress.store import Known, Place, Store

__all__ = ["Known", "Place", "SqliteStore", "Store"]
