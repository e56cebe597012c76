"""Spoils JSON: other types, depth, huge texts, odd Unicode, wrong words, missing parts, and bytes that are no JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from itertools import islice
from random import Random
from typing import Any

from scripts.fuzz_model import chance, python_names

LARGEST_BYTES = 300 * 1024
"""A little more than the skill takes."""
ODD_TEXTS: Sequence[str] = (
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "\u202eabc\u202c",
    "\u200d\u200b\ufeff",
    "e\u0301" * 50,
    "\U0001f1f3\U0001f1f1\U0001f469\u200d\U0001f9bd",
    "\u0663\u0661",
    "\u0130\u0131\u017f\u00df",
    "\r\nX-Injected: 1\r\n",
    "<speak><audio src='http://x'/></speak>",
    "]]>&amp;&#0;",
    "../../../../etc/passwd",
    "%s%n%x{0}{self.__class__}",
    "'; DROP TABLE place; --",
    "v1:::::::",
    "v1:bovenrug:open_book:basic:normal:x:y:!",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999-23:59",
    "2026-02-30T25:61:61Z",
    "NaN",
    "null",
    "true",
    "1e400",
)
ODD_NUMBERS: Sequence[Any] = (
    -1,
    2**31,
    2**53 + 1,
    -(2**63) - 1,
    10**40,
    -0.0,
    1e308,
    5e-324,
    float("nan"),
    float("inf"),
    float("-inf"),
)
ODD_KEYS: Sequence[str] = (
    "__class__",
    "__dict__",
    "__init__",
    "deserialized_types",
    "attribute_map",
    "discriminator_value_class_map",
    "get_real_child_model",
    "to_dict",
    "type",
    "",
    "\ud800",
    "token",
    "exercise",
)
_DEEP, _DIGITS, _LONG = "@deep:{}@", "@digits:{}@", "@long:{}@"
_DEPTHS = (3, 40, 400, 960, 1_100, 30_000)
_LENGTHS = (300, 3_000, 20_000, 70_000, 250_000)


def spoiled(random: Random, value: Any) -> bytes:
    """The JSON of a value with nothing, something or much wrong with it."""
    holder = {"": value}
    for _ in range(random.choice((1, 0, 1, 2, 3, 8))):
        _spoil(random, holder)
    text = _filled(json.dumps(holder[""], ensure_ascii=chance(random, 0.5)))
    if chance(random, 0.1):
        text = _doubled_key(random, text)
    data = text.encode("utf-8", "surrogatepass")
    return (_broken(random, data) if chance(random, 0.08) else data)[:LARGEST_BYTES]


def odd(random: Random) -> Any:
    """A value that nobody expects."""
    kind = random.randrange(9)
    if kind < 3:
        return random.choice((None, True, False, 0, "", [], {}, [[]], [None], {"": None}, {"type": "x"}, {"a": [1]}))
    if kind < 5:
        return random.choice(ODD_TEXTS)
    if kind < 6:
        return random.choice(ODD_NUMBERS)
    return random.choice(_LARGE)(random)


def _some_keys(random: Random) -> Any:
    return {str(number): number for number in range(random.choice((2, 50, 5_000)))}


_LARGE: Sequence[Callable[[Random], Any]] = (
    lambda random: _DEEP.format(random.choice(_DEPTHS)),
    lambda random: _DIGITS.format(random.choice(_LENGTHS)),
    lambda random: _LONG.format(random.choice(_LENGTHS)),
    lambda random: [random.choice(ODD_TEXTS)] * random.choice((2, 50, 5_000)),
    lambda random: random.choice(ODD_TEXTS) * random.choice((2, 100, 5_000)),
    _some_keys,
)


def _places(holder: Any) -> list[tuple[Any, Any]]:
    """Every container and key in it, the deepest last."""
    found: list[tuple[Any, Any]] = []
    todo = [holder]
    while todo and len(found) < 600:
        inside = todo.pop()
        keys = range(len(inside)) if isinstance(inside, list) else list(inside)
        found += [(inside, key) for key in keys]
        todo += [inside[key] for key in keys if isinstance(inside[key], (dict, list))]
    return found


def _spoil(random: Random, holder: Any) -> None:
    places = _places(holder)
    if places:
        inside, key = random.choice(places)
        random.choice(_WAYS)(random, inside, key, places)


def _replace(random: Random, inside: Any, key: Any, _: Any) -> None:
    inside[key] = odd(random)


def _remove(_: Random, inside: Any, key: Any, __: Any) -> None:
    if key != "":
        del inside[key]


def _add(random: Random, inside: Any, key: Any, places: Any) -> None:
    target = inside[key]
    if isinstance(target, dict):
        other, taken = random.choice(places)
        value = random.choice((odd(random), _copied(other[taken])))
        target[random.choice((*python_names(), *ODD_KEYS))] = value
    elif isinstance(target, list):
        target.append(odd(random))


def _exchange(random: Random, inside: Any, key: Any, places: Any) -> None:
    other, taken = random.choice(places)
    inside[key] = _copied(other[taken])


def _wrap(random: Random, inside: Any, key: Any, _: Any) -> None:
    inside[key] = random.choice(([inside[key]], {"value": inside[key]}, str(inside[key])[:1_000]))


def _change_text(random: Random, inside: Any, key: Any, _: Any) -> None:
    text = inside[key]
    if not isinstance(text, str):
        inside[key] = odd(random)
        return
    at = random.randrange(len(text) + 1)
    inside[key] = random.choice(
        (
            text[:at],
            text[:at] + random.choice(ODD_TEXTS) + text[at:],
            text.swapcase(),
            (text * random.choice((2, 30, 2_000)))[:100_000],
            text[:at] + chr(random.randrange(0x110000)) + text[at + 1 :],
        )
    )


_WAYS: Sequence[Callable[[Random, Any, Any, Any], None]] = (
    _replace,
    _replace,
    _remove,
    _add,
    _exchange,
    _wrap,
    _change_text,
)


def _copied(value: Any) -> Any:
    """A copy, so that nothing ends up inside itself; what is too deep to copy is left out."""
    try:
        return json.loads(json.dumps(value))
    except RecursionError:
        return None


def _filled(text: str) -> str:
    """What json.dumps cannot write: nesting beyond its depth, numbers of very many digits."""
    for depth in _DEPTHS:
        text = text.replace(f'"{_DEEP.format(depth)}"', "[" * depth + "]" * depth)
    for length in _LENGTHS:
        text = text.replace(f'"{_DIGITS.format(length)}"', "9" * length)
        text = text.replace(f'"{_LONG.format(length)}"', '"' + "x" * length + '"')
    return text


def _doubled_key(random: Random, text: str) -> str:
    """Some object with one key more, which may be there already."""
    starts = [found.start() for found in islice(re.finditer("{", text), 200)]
    if not starts:
        return text
    at = random.choice(starts) + 1
    key = random.choice(("type", "request", "context", "token", "timestamp", "session", "attributes"))
    value = random.choice(("null", "{}", '"LaunchRequest"', "[]", "NaN", "1"))
    comma = "" if text[at : at + 1] == "}" else ","
    return f'{text[:at]}"{key}": {value}{comma}{text[at:]}'


def _broken(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data) + 1)
    return random.choice(
        (
            data[:at],
            data[:at] + bytes([random.getrandbits(8)]) + data[at + 1 :],
            b"\xef\xbb\xbf" + data,
            data.decode("utf-8", "replace").encode("utf-16"),
            data + b"\n{}",
            b" " * 2_000 + data,
            data[at:],
            b"",
        )
    )


def mangled(random: Random, data: bytes) -> bytes:
    """Bytes with some of them cut out, doubled, moved or changed."""
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 5))):
        at = random.randrange(len(found) + 1)
        end = min(len(found), at + random.choice((1, 1, 2, 8, 64)))
        sign = random.choice(ODD_TEXTS).encode("utf-8", "surrogatepass")
        found[at:end] = random.choice(
            (b"", bytes([random.getrandbits(8)]), bytes(found[at:end]) * random.choice((2, 3, 50)), sign, b":", b"-")
        )
    return bytes(found)
