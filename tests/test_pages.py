"""The pages on privacy and terms: readable HTML in Dutch, true to what is stored, and harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from skill.content import load_content
from skill.pages import add_pages, contact_link
from skill.settings import Settings
from skill.upkeep import KEPT_S
from skill.web import create_app

PAGES = ("/privacy", "/voorwaarden")
VOID = {"meta"}


class Outline(HTMLParser):
    """The structure of a page; complains of what is not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.spoken: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """A tag closes the last one that is open."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the text with the tag around it."""
        if data.strip():
            self.spoken.append((self.open[-1], " ".join(data.split())))

    def text(self) -> str:
        """What a person reads."""
        return " ".join(text for tag, text in self.spoken if tag not in ("style", "title"))


def client_of(packs: Path, folder: Path, **wishes: str) -> FlaskClient:
    """A client of the application with these settings."""
    return create_app(Settings(packs=packs, database=folder / "db", **wishes)).test_client()  # type: ignore[arg-type]  # only settings that are text are given


@pytest.fixture
def client(built_pack: Path, tmp_path: Path) -> FlaskClient:
    """The application as it comes."""
    return client_of(built_pack, tmp_path)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_html(client: FlaskClient, path: str) -> None:
    """Dutch, one title and one main heading, levels in order, everything closed, nothing loaded from elsewhere."""
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert response.text.lower().startswith("<!doctype html>")
    page = Outline(response.text)
    assert page.open == []
    names = [tag for tag, _ in page.tags]
    assert dict(page.tags)["html"] == {"lang": "nl"}
    assert [names.count(one) for one in ("title", "h1", "main", "nav")] == [1, 1, 1, 1]
    assert names.count("h2") >= 8
    assert not {"script", "img", "link", "iframe", "form", "object"} & set(names)
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_locked_up(client: FlaskClient, path: str) -> None:
    """The headers forbid scripts, frames, forms and guessing; and the page may be read by HEAD, not written."""
    response = client.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_each_page_leads_to_the_other(client: FlaskClient) -> None:
    """Every link within the site is a page, also below the path of a proxy."""
    for path in PAGES:
        links = [attributes["href"] or "" for tag, attributes in Outline(client.get(path).text).tags if tag == "a"]
        inside = {link for link in links if ":" not in link}
        assert inside == {"privacy", "voorwaarden"}


def test_the_privacy_page_tells_what_is_stored(client: FlaskClient) -> None:
    """Each thing that the store remembers, how long, how to wipe it, and that there is nothing on pain."""
    text = Outline(client.get("/privacy").text).text()
    for words in (
        "Waar je gebleven bent",
        "Je niveau, je tempo",
        "stap voor stap",
        "Wanneer je een training hebt afgemaakt",
        "uitleg over veilig oefenen",
        "code van",
        "wis mijn gegevens",
        "uitschakelt in de Alexa-app",
        "pijn, klachten of je gezondheid",
        "Amazon kan je stem",
        "Autoriteit Persoonsgegevens",
        "AVG",
    ):
        assert words in text
    assert f"{KEPT_S // 86400} dagen" in text


def test_the_terms_tell_what_matters(client: FlaskClient) -> None:
    """General exercises, no advice, when not to, stop, 112, whose risk, which law; and who reviewed the text."""
    text = Outline(client.get("/voorwaarden").text).text()
    for words in (
        "algemene beweegoefeningen",
        "Geen medisch advies",
        "vervangt geen arts of fysiotherapeut",
        "Bel 112 bij pijn of druk op je borst",
        "Stop bij scherpe",
        "eigen verantwoordelijkheid",
        "grove onzorgvuldigheid",
        "Nederlandse recht",
        "Geen arts of fysiotherapeut heeft de tekst van de oefeningen nagekeken",
    ):
        assert words in text


@pytest.mark.parametrize("path", PAGES)
def test_the_sentences_are_short(client: FlaskClient, path: str) -> None:
    """B1: at most 15 words a sentence on average, and none over 30."""
    blocks = re.findall(r"<(?:p|li)[^>]*>(.*?)</(?:p|li)>", client.get(path).text, re.DOTALL)
    text = [" ".join(re.sub(r"<[^>]+>", "", block).split()) for block in blocks]
    sentences = [one for block in text for one in re.split(r"(?<=[.?!:])\s+", block) if one]
    lengths = [len(sentence.split()) for sentence in sentences]
    assert sum(lengths) / len(lengths) <= 15
    assert [one for one, words in zip(sentences, lengths, strict=True) if words > 30] == []


@pytest.mark.parametrize("path", PAGES)
def test_owner_and_contact_stand_on_the_page(built_pack: Path, tmp_path: Path, path: str) -> None:
    """They come from the settings, as text and never as markup."""
    owner, contact = "Anna <script>x</script> & Co", "anna@voorbeeld.nl"
    page = client_of(built_pack, tmp_path, owner=owner, contact=contact).get(path)
    outline = Outline(page.text)
    assert owner in outline.text()
    assert contact in outline.text()
    assert ("a", {"href": "mailto:anna@voorbeeld.nl"}) in outline.tags
    assert "script" not in [tag for tag, _ in outline.tags]


def test_the_names_and_the_reviewer_stand_on_the_page() -> None:
    """Invocation name and wake word come from the settings; whoever reviewed the exercises is named."""
    content = load_content(invocation="dagelijkse rugoefening", wake_word="Echo")
    reviewed = replace(content.routines["bovenrug"], reviewed_by="Bo Jansen, fysiotherapeut")
    content = replace(content, routines={**content.routines, "bovenrug": reviewed})
    app = Flask("pages")
    add_pages(app, Settings(invocation="dagelijkse rugoefening", wake_word="Echo"), lambda: content)
    privacy, terms = (Outline(app.test_client().get(path).text).text() for path in PAGES)
    assert "“Echo, open dagelijkse rugoefening”" in privacy
    assert "Dagelijkse rugoefening geeft algemene beweegoefeningen" in terms
    assert "nagekeken door Bo Jansen, fysiotherapeut." in terms
    assert "Geen arts of fysiotherapeut heeft" not in terms


@pytest.mark.parametrize("path", PAGES)
def test_without_an_owner_a_sentence_says_who_it_is(client: FlaskClient, path: str) -> None:
    """Nothing is left open where nothing is set."""
    text = Outline(client.get(path).text).text()
    assert "eigen gebruik" in text
    assert "Contact:" not in text
    assert "{" not in text


def test_the_pages_are_served_in_production(built_pack: Path, tmp_path: Path) -> None:
    """Amazon and everybody else can read them there."""
    settings = Settings(
        environment="production",
        public_url="https://rug.voorbeeld.nl",
        skill_id="amzn1.ask.skill.1",
        id_key="k" * 32,
        packs=built_pack,
        database=tmp_path / "db",
    )

    def genuine(headers: Mapping[str, str], body: bytes) -> None:
        """Every request is one of Alexa: the pages are not asked by her."""

    client = create_app(settings, verifier=genuine).test_client()
    for path in PAGES:
        assert client.get(path, headers={"Host": "rug.voorbeeld.nl"}).status_code == 200


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("anna@voorbeeld.nl", "mailto:anna@voorbeeld.nl"),
        ("https://voorbeeld.nl/contact", "https://voorbeeld.nl/contact"),
        ("bel 06 12345678", ""),
        ("javascript:alert(1)", ""),
        ("anna@voorbeeld.nl?subject=x", ""),
        ("", ""),
    ],
)
def test_only_an_address_becomes_a_link(contact: str, link: str) -> None:
    """A mail or web address can be clicked; a sentence, or a script, is only text."""
    assert contact_link(contact) == link
