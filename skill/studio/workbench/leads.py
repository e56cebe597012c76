"""What kind of mistake a message tells of, in one Dutch sentence; the message stays as the command line has it."""

from __future__ import annotations

import re
from collections.abc import Sequence

ANY_ERROR = "Deze regel klopt niet."
ANY_WARNING = "Let op bij deze regel."
_KINDS: Sequence[tuple[str, str]] = (
    ("this is not YAML", "Dit is geen goede YAML. Kijk naar aanhalingstekens en inspringen, ook een regel hoger."),
    ("UTF-8|control character|cannot be spoken", "Hier staat een teken dat niet kan."),
    ("about safety|is no warning|can be a warning", "Dit gaat over veiligheid. Het moet een waarschuwing zijn."),
    ("is a setting|no wake word", "Dit is een instelling. Schrijf het hier niet uit."),
    ("does not fit|is beyond the rep|is not after|to count|allows 240 s", "Dit past niet in de tijd."),
    ("there twice|already taken|also used|more than once", "Dit staat er twee keer. Eén keer is genoeg."),
    ("did you mean|[Uu]nknown|nothing says|does not belong", "Dit woord kent het programma niet."),
    ("plain number|out of range|whole number|make them equal", "Dit getal klopt niet."),
    ("is empty|says nothing|no word to speak", "Hier staat nog niets."),
    ("used nowhere|no prompt uses|changes no sentence", "Dit wordt nergens gebruikt."),
    ("brace|does not end with|end of a sentence|punctuation", "De leestekens kloppen niet."),
    ("must be|is not a text|is no word|write exactly one|may hold only|can only be", "Zo kan het hier niet staan."),
    ("lacks|missing|name|has no word|no word for|but none|without a tone", "Hier ontbreekt iets."),
    ("a sentence of|a line of|a word of|larger than", "Dit is te lang."),
    ("not allowed here|second document|nested", "Dit kan niet in dit bestand."),
)
_NEAREST = re.compile(r'did you mean "([^"]+)"')


def lead_of(message: str, *, error: bool) -> str:
    """The sentence for a message, with the word that was perhaps meant."""
    lead = next((lead for words, lead in _KINDS if re.search(words, message)), ANY_ERROR if error else ANY_WARNING)
    nearest = _NEAREST.search(message)
    return f"{lead} Bedoel je “{nearest[1]}”?" if nearest else lead
