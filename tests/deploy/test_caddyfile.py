"""The Caddyfile: HTTPS by itself, only what Alexa and readers need, limits, and no traces of clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from skill.settings import Settings
from skill.web import create_app
from tests.scripts.running import PROJECT

CADDYFILE = PROJECT / "deploy" / "Caddyfile"
SITE = "rug.voorbeeld.nl"

Blocks = dict[str, "Blocks"]
"""Each line of a block, with the block that it opens."""


def read_caddyfile() -> Blocks:
    """The Caddyfile as nested blocks; a block that is not closed, or closed twice, fails."""
    root: Blocks = {}
    stack = [root]
    for raw in CADDYFILE.read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        assert raw == "\t" * (len(stack) - 1 - (line == "}")) + line
        if not line or line.startswith("#"):
            continue
        if line == "}":
            stack.pop()
        elif line.endswith("{"):
            block: Blocks = {}
            stack[-1][line[:-1].strip()] = block
            stack.append(block)
        else:
            stack[-1][line] = {}
    assert stack == [root]
    return root


@pytest.fixture(scope="module")
def paths_of_production(built_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every path that the application answers in production."""
    settings = Settings(
        environment="production",
        public_url=f"https://{SITE}",
        skill_id="amzn1.ask.skill.test",
        id_key="k" * 32,
        packs=built_pack,
        database=tmp_path_factory.mktemp("caddy") / "progress.sqlite3",
    )
    app = create_app(settings, verifier=lambda _headers, _body: None)
    return {rule.rule for rule in app.url_map.iter_rules()}


def test_only_what_outsiders_need_is_passed_on(paths_of_production: set[str]) -> None:
    """Every path of the application is passed on but health and figures; what is not listed is a 404."""
    site = read_caddyfile()[SITE]
    (line,) = [line for line in site if line.startswith("@skill ")]
    passed = set(line.split()[2:])
    public = {path for path in paths_of_production if path not in ("/healthz", "/metrics")}
    assert {path.partition("<")[0] for path in public} == {path.rstrip("*") for path in passed}
    assert [name for name in site if name.startswith("handle")] == ["handle @skill", "handle"]
    assert site["handle"] == {"respond 404": {}}


def test_it_passes_on_to_where_the_skill_listens() -> None:
    """The address behind it is the default of the settings, on loopback."""
    handled = read_caddyfile()[SITE]["handle @skill"]
    (target,) = [line for line in handled if line.startswith("reverse_proxy")]
    settings = Settings()
    assert target == f"reverse_proxy {settings.host}:{settings.port}"


def test_it_limits_body_header_and_time() -> None:
    """The body as the application does it, the headers, and slow reading; writing is free, for slow players."""
    root = read_caddyfile()
    servers = root[""]["servers"]
    assert set(servers["timeouts"]) == {"read_header 5s", "read_body 5s", "idle 2m"}
    assert "max_header_size 16KiB" in servers
    assert set(root[SITE]["handle @skill"]["request_body"]) == {"max_size 256KiB"}


def test_it_leaves_requests_and_answers_as_they_are() -> None:
    """Nothing rewrites headers or bodies: the signature is over every byte, and the application sends HSTS once."""
    site = read_caddyfile()[SITE]
    handled = site["handle @skill"]
    assert {line.split()[0] for line in site} == {"@skill", "handle", "header"}
    assert {line.split()[0] for line in handled} == {"request_body", "reverse_proxy"}
    (proxied,) = [block for line, block in handled.items() if line.startswith("reverse_proxy")]
    assert set(proxied) == {"transport http"}
    assert [line for line in site if line.startswith("header")] == ["header -Server"]


def test_it_keeps_no_traces_of_clients() -> None:
    """There is no access log, and errors are written without addresses and headers."""
    root = read_caddyfile()
    assert not [line for line in root[SITE] if line.startswith("log")]
    fields = root[""]["log default"]["format filter"]["fields"]
    assert {"request>remote_ip delete", "request>client_ip delete", "request>headers delete"} <= set(fields)
    assert "admin off" in root[""]
