"""The names and addresses that Alexa takes, and those that she refuses."""

from __future__ import annotations

import pytest

from skill.alexa.names import name_notes, name_problems
from skill.errors import SkillPackageError
from skill.package.endpoint import read_endpoint


@pytest.mark.parametrize(
    "name", ["rugoefening", "dagelijkse rugoefening", "fysio coach", "anna's rug", "één rug", "ab"]
)
def test_a_good_name_has_no_problem(name: str) -> None:
    """What Alexa takes is not complained about."""
    assert list(name_problems(name)) == []


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("a", "letters"),
        ("x" * 51, "letters"),
        ("", "letters"),
        ("rug 2", "numbers as words"),
        ("rug!", "letters"),
        ("rug  oefening", "single spaces"),
        ("rug_oefening", "letters"),
        ("alexa rug", "'alexa'"),
        ("de Echo training", "'echo'"),
        ("rug app", "'app'"),
        ("mijn skill thuis", "'skill'"),
        ("computer rug", "'computer'"),
        ("start rugoefening", "'start'"),
        ("open rug", "'open'"),
        ("vraag de fysio", "'vraag'"),
        ("oefeningen voor thuis", "'voor'"),
        ("rug with anna", "'with'"),
        ("de rugoefening", "'de'"),
        ("een rug", "'een'"),
        ("rug op", "'op'"),
    ],
)
def test_a_forbidden_name_is_refused(name: str, word: str) -> None:
    """Each rule of Amazon that is sure is a problem that names the word."""
    problems = list(name_problems(name))
    assert len(problems) == 1
    assert word in problems[0]


def test_an_article_in_a_longer_name_is_allowed() -> None:
    """Articles are refused in names of two words only."""
    assert list(name_problems("de rustige rugoefening")) == []


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("rugoefening", "publishing needs two words"),
        ("rug oefening", "cut in two"),
        ("mijn rugoefening", "'mijn' is a pronoun"),
        ("rug en nek", "'en' may be taken"),
        ("rustige muziek", "'muziek' is a subject"),
    ],
)
def test_a_risky_name_is_noted(name: str, note: str) -> None:
    """What works for own use and may be refused at certification is a note, not a problem."""
    assert list(name_problems(name)) == []
    assert any(note in one for one in name_notes(name))


def test_a_sound_name_has_no_note() -> None:
    """Two plain words need no warning."""
    assert list(name_notes("dagelijkse rugoefening")) == []


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("https://rug.voorbeeld.nl", "https://rug.voorbeeld.nl/alexa"),
        ("https://rug.voorbeeld.nl/", "https://rug.voorbeeld.nl/alexa"),
        ("https://rug.voorbeeld.nl/alexa", "https://rug.voorbeeld.nl/alexa"),
        ("https://rug.voorbeeld.nl/alexa/", "https://rug.voorbeeld.nl/alexa"),
        ("https://rug.voorbeeld.nl:443/alexa", "https://rug.voorbeeld.nl/alexa"),
        ("https://RUG.Voorbeeld.nl/praktijk", "https://rug.voorbeeld.nl/praktijk/alexa"),
        (" https://xn--vrbeeld-o2a.nl ", "https://xn--vrbeeld-o2a.nl/alexa"),
    ],
)
def test_the_endpoint_ends_in_its_path(text: str, uri: str) -> None:
    """With or without /alexa, the same address comes out, and the pages lie beside it."""
    endpoint = read_endpoint(text)
    assert endpoint.uri == uri
    assert endpoint.privacy == uri.replace("/alexa", "/privacy")
    assert endpoint.terms == uri.replace("/alexa", "/voorwaarden")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http://rug.voorbeeld.nl", "https only"),
        ("rug.voorbeeld.nl", "https only"),
        ("arn:aws:lambda:eu-west-1:1:function:rug", "https only"),
        ("https://rug.voorbeeld.nl:8443", "port 443 only"),
        ("https://rug.voorbeeld.nl:99999", "no web address"),
        ("https://anna:geheim@rug.voorbeeld.nl", "password"),
        ("https://rug.voorbeeld.nl/?a=1", "follow the path"),
        ("https://rug.voorbeeld.nl/#a", "follow the path"),
        ("https://rug.voorbeeld.nl/a b", "no space"),
        ("https://", "no host"),
        ("https://127.0.0.1", "is a number"),
        ("https://203.0.113.7/alexa", "is a number"),
        ("https://[2001:db8::1]/alexa", "is a number"),
        ("https://2130706433", "is a number"),
        ("https://localhost/alexa", "cannot be reached"),
        ("https://nas.local", "cannot be reached"),
        ("https://rug", "no full name"),
        ("https://-rug.nl", "no full name"),
        ("https://rug_1.nl", "no full name"),
        ("https://[", "no web address"),
    ],
)
def test_an_address_that_alexa_cannot_call_is_refused(text: str, why: str) -> None:
    """Each rule is one clear problem that shows the address."""
    with pytest.raises(SkillPackageError) as error:
        read_endpoint(text)
    assert any(why in problem for problem in error.value.problems)
    assert all(problem.startswith(text) for problem in error.value.problems)


def test_all_problems_of_an_address_come_together() -> None:
    """One message names everything."""
    with pytest.raises(SkillPackageError) as error:
        read_endpoint("http://anna@192.168.1.4:5050/?x")
    assert len(error.value.problems) == 5


def test_a_brand_in_the_host_is_noted() -> None:
    """Certification refuses Amazon's names in a host, not in a path."""
    assert any("'alexa'" in note for note in read_endpoint("https://alexa-rug.nl").notes())
    assert list(read_endpoint("https://rug.voorbeeld.nl/alexa").notes()) == []
