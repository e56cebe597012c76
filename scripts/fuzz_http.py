"""Requests of the web that nobody should send: odd methods, paths, ranges, conditions, hosts and lengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from scripts.fuzz_model import chance
from scripts.fuzz_mutate import ODD_TEXTS

_METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "FOO", "")
_PATHS = ("/alexa", "/healthz", "/metrics", "/privacy", "/voorwaarden", "/", "//alexa", "/alexa/", "/audio", "/audio/")
_ODD_PATHS = ("/../", "//", "/./", "\\", "\xff", "\xc3\x28", "\0", "%2e%2e", "?", "#", ";", "x" * 9_000, "\u202e", " ")
_RANGES = (
    "bytes=0-",
    "bytes=0-0",
    "bytes=-1",
    "bytes=-0",
    "bytes=5-2",
    "bytes=99999999999-",
    "bytes=0-999999999999999999999",
    "bytes=0-1,3-4",
    "bytes=" + "0-1," * 2_000,
    "bytes=-" + "9" * 5_000,
    "items=0-1",
    "bytes=\u0661-\u0662".encode().decode("latin-1"),
    "bytes",
    "=",
    "",
)
_CONDITIONS = ('"x"', "*", 'W/"x"', '"', '"' * 5_000, "\xff", ",", '"a",' * 2_000, "Sun, 06 Nov 1994 08:49:37 GMT")
_TIMES = (
    "Sun, 06 Nov 2094 08:49:37 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Mon, 99 Foo 99999999999999 99:99:99 GMT",
    "-1",
    "",
    "1" * 5_000,
)
_HOSTS = (
    "127.0.0.1",
    "localhost:5050",
    "[::1]",
    "[::1",
    "example.org",
    "a@b",
    "x" * 9_000,
    "localhost:99999",
    "\xff",
    "",
)
_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain; charset=utf-7",
    "a" * 5_000,
    "application/json; charset=" + "x" * 2_000,
)
_LENGTHS = ("0", "1", "99999999999999999999", "-1", "abc", "", "262144", "262145", "1e3", "+5", " 7")
_ADDRESSES = ("127.0.0.1", "::1", "203.0.113.9", "::ffff:127.0.0.1", "", "localhost")
_HEADERS: Mapping[str, Sequence[str]] = {
    "HTTP_RANGE": _RANGES,
    "HTTP_IF_RANGE": (*_CONDITIONS, *_TIMES),
    "HTTP_IF_NONE_MATCH": _CONDITIONS,
    "HTTP_IF_MATCH": _CONDITIONS,
    "HTTP_IF_MODIFIED_SINCE": _TIMES,
    "HTTP_IF_UNMODIFIED_SINCE": _TIMES,
    "HTTP_HOST": _HOSTS,
    "CONTENT_TYPE": _TYPES,
    "CONTENT_LENGTH": _LENGTHS,
    "REMOTE_ADDR": _ADDRESSES,
    "QUERY_STRING": ("", "a=1", "%", "&" * 5_000, "a=" + "%ff" * 2_000),
    "HTTP_X_FORWARDED_FOR": _ADDRESSES,
    "HTTP_X_FORWARDED_HOST": _HOSTS,
    "HTTP_TRANSFER_ENCODING": ("chunked", "gzip", "x"),
    "HTTP_COOKIE": ("a=b", "=" * 5_000, "session=" + "A" * 5_000, "\xff"),
    "HTTP_ACCEPT": ("*/*", "text/html;q=x", "," * 5_000),
    "HTTP_AUTHORIZATION": ("Basic x", "Basic " + "=" * 5_000, "Bearer \xff"),
    "HTTP_EXPECT": ("100-continue",),
    "HTTP_SIGNATURE_256": ("x", "=" * 5_000, "\xff"),
    "HTTP_SIGNATURECERTCHAINURL": ("x", "https://s3.amazonaws.com/echo.api/x.pem", "http://[", "\xff"),
}


def request(random: Random, files: Sequence[str]) -> tuple[dict[str, Any], bytes]:
    """The environment of a WSGI request and its body; ``files`` are the audio files that exist."""
    path = random.choice((*_PATHS, f"/audio/espeak/{random.choice(files)}", f"/audio/espeak/{random.choice(files)}"))
    if chance(random, 0.4):
        at = random.randrange(len(path) + 1)
        path = path[:at] + random.choice(_ODD_PATHS) + path[at:]
    environ: dict[str, Any] = {
        "REQUEST_METHOD": random.choice(_METHODS) if chance(random, 0.5) else "GET",
        "PATH_INFO": path.encode("utf-8", "replace").decode("latin-1"),
    }
    for _ in range(random.choice((1, 0, 2, 4))):
        name = random.choice(sorted(_HEADERS))
        environ[name] = random.choice(_HEADERS[name])
    body = random.choice(
        (b"", b"{}", b"null", random.choice(ODD_TEXTS).encode("utf-8", "surrogatepass"), b"x" * 300_000)
    )
    return environ, body
