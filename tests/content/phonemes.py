"""What the engine of the embedded voice makes of a text: its phonemes, as no two of its recordings are quite alike.

Runs as a process of its own, since the engine keeps one state for a whole process.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Sequence

from tests.processes import unwatched

_SYNCHRONOUS = 2
_UTF8 = 1
_IPA = 2


def phonemes(texts: Sequence[str]) -> list[str]:
    """The Dutch phonemes of each text, in the international alphabet."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.content.phonemes"],
        input=json.dumps(texts),
        env=unwatched(),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def _engine() -> ctypes.CDLL:
    import espeakng_loader  # noqa: PLC0415 # only the process of its own needs it

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    assert library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0) > 0
    assert library.espeak_SetVoiceByName(b"nl") == 0
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    return library


def _of(library: ctypes.CDLL, text: str) -> str:
    rest = ctypes.c_char_p(text.encode())
    clauses = []
    while rest.value:  # the engine moves it behind each clause that it has read
        clauses.append((library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA) or b"").decode())
    return " | ".join(clauses)


if __name__ == "__main__":
    engine = _engine()
    json.dump([_of(engine, text) for text in json.load(sys.stdin)], sys.stdout)
