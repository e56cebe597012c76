"""What the workbench says of a mistake: its file, and a Dutch sentence of its kind before the message itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from skill.content import load_content
from skill.errors import ContentError
from skill.settings import PROJECT, Settings
from skill.studio.workbench.files import ContentFiles
from skill.studio.workbench.leads import lead_of
from tests.studio.owner import FILE, SENTENCE, change


@pytest.mark.parametrize(
    ("old", "new", "lead"),
    [
        ("posture: floor", "postuur: floor", "Dit woord kent het programma niet. Bedoel je “posture”?"),
        ("posture: floor", "posture: floor: x", "Dit is geen goede YAML."),
        (SENTENCE, '- "Leg die voet "losjes"."', "Dit is geen goede YAML."),
        (SENTENCE, '- ""', "Hier staat nog niets."),
        (SENTENCE, '- "Leg die voet neer"', "De leestekens kloppen niet."),
        (SENTENCE, '- "Leg ☺ neer."', "Hier staat een teken dat niet kan."),
        (SENTENCE, f'- "{"heel " * 40}rustig."', "Dit is te lang."),
        (SENTENCE, '- "Zeg {wens}."', "De leestekens kloppen niet."),
        (SENTENCE, '- "Zeg Alexa."', "Dit is een instelling."),
        ("posture: floor", "posture: floor\n    posture: floor", "Dit staat er twee keer."),
        ("posture: floor", "# posture", "Hier ontbreekt iets."),
        ("posture: floor", "posture: [floor]", "Zo kan het hier niet staan."),
        ("posture: floor", "posture: !x floor", "Dit kan niet in dit bestand."),
        ("- rest: 15", "- rest: 1500", "Dit getal klopt niet."),
        ("- {at: 0,", "- {at: 39,", "Dit past niet in de tijd."),
    ],
)
def test_every_kind_of_mistake_has_its_sentence(mine: Settings, old: str, new: str, lead: str) -> None:
    """In Dutch, from the message that the command line gives for a real mistake."""
    change(mine, old, new)
    with pytest.raises(ContentError) as error:
        load_content(routines=mine.routines_folder, prompts=mine.prompts_file)
    found = [lead_of(one.split(": ", 1)[1], error=True) for one in error.value.problems if f"/{FILE}:" in one]
    assert any(one.startswith(lead) for one in found), error.value.problems


def test_what_nobody_foresaw_has_a_sentence_too() -> None:
    """One for mistakes, and a milder one for warnings."""
    assert lead_of("something new", error=True) == "Deze regel klopt niet."
    assert lead_of("something new", error=False) == "Let op bij deze regel."


def test_files_are_named_as_messages_show_them(mine: Settings) -> None:
    """By their whole path, or from the folder where the build ran."""
    files = ContentFiles(mine)
    assert files.name_of(str(mine.content / FILE), PROJECT) == FILE
    assert ContentFiles(replace(mine, content=PROJECT / "skill")).name_of("skill/prompts/nl.yaml", PROJECT) == (
        "prompts/nl.yaml"
    )
    assert files.name_of("elsewhere.yaml", PROJECT) == ""
