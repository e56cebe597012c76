"""What people get wrong in the YAML, one mistake a line: the text, what it becomes, and what is said of it."""
# ruff: noqa: E501 - a table reads best with one mistake a line

from __future__ import annotations

from typing import NamedTuple


class Broken(NamedTuple):
    """One thing broken in a real file: the line that is blamed holds ``at``; the message holds ``says``."""

    name: str
    file: str
    old: str
    new: str
    at: str
    says: str


RIGHT = 'say: "De rechterkant, vijf keer. Draai zover als het prettig is. Scherpe pijn? Stop dan.", warning: true'
TITLE = '- id: open_book\n    title: "Het open boek"'
START = 'start:\n    cues:\n      - "Goed. We gaan beginnen."'
EARLY = '{at: 3.6, say: "Adem uit, en draai open."}'

# fmt: off - one mistake a line
TABLE = (
    Broken("no", "routine", '"Neem je kussen mee."', "no", "- no", 'put it in quotes: "no"'),
    Broken("on", "routine", 'title: "Het open boek"', "title: on", "title: on", "YAML reads it as yes or no"),
    Broken("yes in prompts", "prompts", '"Goed. Ik wis niets."', "yes", "- yes", 'put it in quotes: "yes"'),
    Broken(
        "off as a key", "routine", "      - id: position", "      - off: 1\n        id: position", "off: 1", "no word"
    ),
    Broken(
        "number as text",
        "routine",
        'spoken_name: "de houding"',
        "spoken_name: 12",
        "spoken_name: 12",
        "YAML reads it as a number",
    ),
    Broken("date as text", "prompts", '"twee minuten"', "2024-01-01", "2: 2024", "YAML reads it as a date"),
    Broken("sexagesimal", "routine", "rest: 12", "rest: 1:30", "rest: 1:30", '"1:30" is not a plain number of seconds'),
    Broken("quoted number", "routine", "rest: 12", 'rest: "12"', 'rest: "12"', "not a plain number"),
    Broken("infinite", "routine", "rest: 12", "rest: .inf", "rest: .inf", "not a plain number"),
    Broken("rest is a list", "routine", "rest: 12", "rest: [1]", "rest: [1]", "rest is not a plain number"),
    Broken("rest too long", "routine", "rest: 12", "rest: 61", "rest: 61", "out of range; write 0 to 60"),
    Broken("rest below zero", "routine", "rest: 12", "rest: -1", "rest: -1", "out of range"),
    Broken("empty line", "routine", '"Neem je kussen mee."', '""', '- ""', "the line is empty"),
    Broken("null line", "prompts", '"Goed. Ik wis niets."', "~", "- ~", "the line is empty"),
    Broken("list as text", "routine", 'title: "Het open boek"', "title: [a]", "title: [a]", "must be one text"),
    Broken("unknown key", "routine", "transition: true", "transitoin: true", "transitoin", 'did you mean "transition"'),
    Broken("key of nothing", "routine", "transition: true", "zzz: true", "zzz", "write one of: id, spoken_name"),
    Broken(
        "doubled key", "routine", TITLE, TITLE + '\n    title: "Nog een"', '"Nog een"', "is there twice (also on line"
    ),
    Broken(
        "missing spoken_name",
        "routine",
        '        spoken_name: "de uitleg"\n',
        "",
        "id: explanation",
        '"spoken_name"; add',
    ),
    Broken("missing posture", "routine", "    posture: floor\n", "", "- id: open_book", 'lacks the key "posture"'),
    Broken("unknown posture", "routine", "posture: floor", "posture: flor", "posture: flor", 'did you mean "floor"'),
    Broken("unknown tone", "routine", "- tone: go", "- tone: gong", "tone: gong", 'unknown tone "gong"'),
    Broken("unknown level", "routine", "[easier]}", "[easy]}", "[easy]}", 'unknown level "easy"'),
    Broken("doubled level", "routine", "levels: [easier]}", "levels: [easier, easier]}", "[easier, easier]}", "twice"),
    Broken("no levels", "routine", "levels: [easier]}", "levels: []}", "levels: []}", "levels is an empty list"),
    Broken("levels no list", "routine", "levels: [easier]}", "levels: easier}", "levels: easier}", "must be a list"),
    Broken("unknown side", "routine", "side: right", "side: rechts", "side: rechts", 'unknown side "rechts"'),
    Broken("bad id", "routine", "- id: to_floor", "- id: To-Floor", "id: To-Floor", "may hold only a-z, 0-9 and _"),
    Broken(
        "doubled step",
        "routine",
        "- id: turn_over",
        "- id: position",
        "- id: position",
        'step id "position" is there twice',
    ),
    Broken(
        "doubled exercise",
        "routine",
        "- id: elbows_up",
        "- id: open_book",
        "- id: open_book",
        'id "open_book" is there twice',
    ),
    Broken("reserved id", "routine", "- id: hands", "- id: closing", "- id: closing", "already taken by the closing"),
    Broken("closing renamed", "routine", "  id: closing", "  id: einde", "id: einde", "write id: closing"),
    Broken(
        "transition later",
        "routine",
        'spoken_name: "de handen"',
        'transition: true\n        spoken_name: "de handen"',
        "id: hands",
        "put it first",
    ),
    Broken(
        "transition no", "routine", "transition: true", "transition: maybe", "transition: maybe", "can only be true"
    ),
    Broken(
        "two kinds",
        "routine",
        "- encourage: calm",
        "- {encourage: calm, rest: 2}",
        "calm, rest",
        "rest or encourage; write exactly one",
    ),
    Broken(
        "no kind",
        "routine",
        "- encourage: calm",
        "- {levels: [basic]}",
        "- {levels: [basic]}",
        "holds nothing; write exactly one",
    ),
    Broken("hold outside", "routine", "- encourage: calm", "- hold: 3", "- hold: 3", 'unknown key "hold"'),
    Broken("cue is a list", "routine", "- encourage: calm", "- [a]", "- [a]", "must be keys with values"),
    Broken(
        "unknown encouragement",
        "routine",
        "- encourage: calm",
        "- encourage: clam",
        "encourage: clam",
        'did you mean "calm"',
    ),
    Broken("unused encouragement", "routine", "          - encourage: calm\n", "", "  calm:", "is used nowhere"),
    Broken(
        "warning on a rest",
        "routine",
        "- rest: 2.5",
        "- {rest: 2.5, warning: true}",
        "2.5, warning",
        "only a spoken line",
    ),
    Broken(
        "rest without tone",
        "routine",
        "rest: 12\n          - tone: rest_end",
        "rest: 12",
        "rest: 12",
        "write {tone: rest_end} after it",
    ),
    Broken(
        "rests that add up",
        "routine",
        "- rest: 2.5",
        "- rest: 3\n          - rest: 3.5",
        "rest: 3.5",
        "a rest of 6.5 s",
    ),
    Broken(
        "no warning",
        "routine",
        ', warning: true} # D2, D3\n          - {say: "Houd',
        '} # D2, D3\n          - {say: "Houd',
        'say: "De rechterkant',
        "is no warning",
    ),
    Broken("no go tone", "routine", "          - tone: go\n", "", "id: right_side", "lacks its go tone"),
    Broken(
        "no first line",
        "routine",
        f"          - {{{RIGHT}}} # D2, D3\n",
        "          - rest: 1\n",
        "id: right_side",
        "does not begin with a spoken line",
    ),
    Broken(
        "side not named",
        "routine",
        '"De linkerkant: je gaat eerst omdraaien."',
        '"Je gaat eerst omdraaien."',
        '"Je gaat eerst',
        'write "links" or "linker…"',
    ),
    Broken(
        "side not written",
        "routine",
        'side: left\n        spoken_name: "de linkerkant"',
        'spoken_name: "de linkerkant"',
        "id: left_side",
        "write side: left",
    ),
    Broken(
        "wrong side",
        "routine",
        'side: right\n        spoken_name: "de rechterkant"',
        'side: left\n        spoken_name: "de rechterkant"',
        "id: right_side",
        "write side: right",
    ),
    Broken(
        "one side longer",
        "routine",
        '          - seconds: 10.5\n            cues:\n              - {at: 0, say: "Eén. Adem in, arm omhoog."}\n',
        '          - seconds: 5\n            cues:\n              - {at: 0, say: "Adem in."}\n          - seconds: 10.5\n            cues:\n              - {at: 0, say: "Eén. Adem in, arm omhoog."}\n',
        "- id: open_book",
        "6 repetitions right and 5 left",
    ),
    Broken(
        "exercise not named",
        "routine",
        '"Ellebogen omhoog: waar je handen liggen."',
        '"Waar je handen liggen."',
        '"Waar je handen',
        'add "Ellebogen omhoog"',
    ),
    Broken(
        "after without repetitions",
        "routine",
        "- id: hands\n",
        '- id: hands\n        after: ["Goed."]\n',
        "id: hands",
        '"after" but no repetitions',
    ),
    Broken(
        "repetition too short", "routine", "seconds: 10.5", "seconds: 2", "seconds: 2", "out of range; write 3 to 40"
    ),
    Broken(
        "repetition no keys",
        "routine",
        "          - seconds: 10.5\n",
        "          - a\n          - seconds: 10.5\n",
        "          - a",
        "a repetition must be keys",
    ),
    Broken(
        "at not later",
        "routine",
        EARLY,
        EARLY.replace("3.6", "0"),
        'at: 0, say: "Adem uit',
        "is not after the cue before it",
    ),
    Broken(
        "at beyond",
        "routine",
        '{at: 7.2, say: "En rustig terug."}',
        '{at: 10.5, say: "En rustig terug."}',
        "at: 10.5",
        "is beyond the repetition of 10.5 s",
    ),
    Broken(
        "at missing", "routine", EARLY, '{say: "Adem uit, en draai open."}', '- {say: "Adem uit', 'lacks the key "at"'
    ),
    Broken("plain text in repetition", "routine", EARLY, '"Adem uit."', '- "Adem uit."', "must be keys with values"),
    Broken(
        "count of another length", "routine", "hold: 5", "hold: 4", "hold: 4", "with 5 words to count; write hold: 5"
    ),
    Broken(
        "count without hold",
        "routine",
        EARLY,
        EARLY.replace("}", ', count: ["een"]}'),
        'count: ["een"]',
        "only a hold has a count",
    ),
    Broken(
        "long sentence",
        "routine",
        '"Neem je kussen mee."',
        '"Neem nu dan ook maar even je zachte kussen mee naar de andere kant."',
        '"Neem nu',
        "a sentence of 14 words",
    ),
    Broken(
        "long line",
        "routine",
        '"Neem je kussen mee."',
        '"' + "Kussen. " * 90 + '"',
        "Kussen. Kussen.",
        "a line of 720 characters",
    ),
    Broken(
        "no full stop",
        "routine",
        '"Neem je kussen mee."',
        '"Neem je kussen mee"',
        '"Neem je kussen mee"',
        "does not end with",
    ),
    Broken("no word", "routine", '"Neem je kussen mee."', '"…"', '"…"', "no word to speak"),
    Broken(
        "emoji", "routine", '"Neem je kussen mee."', '"Neem je kussen mee 🙂."', "🙂", "U+1F642 (slightly smiling face)"
    ),
    Broken(
        "markup",
        "prompts",
        "Ik heb alles gewist.",
        "Ik heb <b>alles</b> gewist.",
        "<b>",
        'the character "<" cannot be spoken',
    ),
    Broken(
        "name with a stop",
        "routine",
        'spoken_name: "de handen"',
        'spoken_name: "de handen."',
        '"de handen."',
        "used inside a sentence",
    ),
    Broken(
        "braces in a routine",
        "routine",
        '"Neem je kussen mee."',
        '"Neem je {step} mee."',
        "{step}",
        "remove the braces",
    ),
    Broken(
        "wake word in a routine", "routine", '"Neem je kussen mee."', '"Zeg Alexa."', "Zeg Alexa", "no wake word here"
    ),
    Broken(
        "wake word written out",
        "prompts",
        "Zeg: {wake_word}, pauze.",
        "Zeg: Alexa, pauze.",
        "Zeg: Alexa",
        "write {wake_word}",
    ),
    Broken(
        "wake word twice",
        "prompts",
        "Welkom bij {invocation}.",
        "Welkom {wake_word}.",
        "{wake_word}, pauze",
        "more than once",
    ),
    Broken(
        "fill of another prompt",
        "prompts",
        "Goed. We gaan beginnen.",
        "Goed. We gaan naar {exercise}.",
        "We gaan naar {ex",
        "does not belong to",
    ),
    Broken(
        "unknown fill",
        "prompts",
        "Welkom bij {invocation}.",
        "Welkom bij {invocatie}.",
        "{invocatie}",
        'did you mean "invocation"',
    ),
    Broken(
        "unused fill",
        "prompts",
        "Nu is {side} aan de beurt.",
        "Nu is het jouw beurt.",
        "which_side:",
        "is spoken for every side; write {side}",
    ),
    Broken(
        "half a brace",
        "prompts",
        "Nu is {side} aan de beurt.",
        "Nu is {side aan de beurt.",
        "{side aan",
        "a brace without its partner",
    ),
    Broken(
        "filled too long",
        "prompts",
        "Nu is {side} aan de beurt.",
        "Nu is dan toch eindelijk ook die andere kant, {side} dus, aan de beurt.",
        "{side} dus",
        "a sentence of 14 words",
    ),
    Broken("unknown prompt", "prompts", "  forget_kept:", "  forget_kpt:", "forget_kpt:", 'did you mean "forget_kept"'),
    Broken("missing prompt", "prompts", "  forget_kept:", "  forget_kpt:", "intro_first:", '"forget_kept" is missing'),
    Broken(
        "prompt says nothing",
        "prompts",
        START,
        "start:\n    cues:\n      - rest: 1",
        "  start:",
        "says nothing; write a line",
    ),
    Broken("prompt is a text", "prompts", START, 'start: "Goed."', 'start: "Goed."', "must be keys with values"),
    Broken(
        "safety not marked",
        "prompts",
        '    safety: true\n    cues:\n      - "Stop met oefenen. Dit',
        '    cues:\n      - "Stop met oefenen. Dit',
        "  emergency:",
        "write safety: true",
    ),
    Broken(
        "safety false",
        "prompts",
        "    safety: true\n    cues",
        "    safety: false\n    cues",
        "safety: false",
        "can only be true",
    ),
    Broken(
        "levels in prompts",
        "prompts",
        "      - rest: 3\n",
        "      - {rest: 3, levels: [basic]}\n",
        "levels: [basic]",
        'unknown key "levels"',
    ),
    Broken("minutes skipped", "prompts", '    3: "drie minuten"\n', "", '4: "vier', "write 3 here"),
    Broken(
        "minutes no keys",
        "prompts",
        "  minutes:\n",
        "  minutes: 3\n  more:\n",
        "minutes: 3",
        "minutes must be numbers with words",
    ),
    Broken(
        "few numbers",
        "prompts",
        '["één", "twee", "drie", "vier", "vijf", "zes"]',
        '["één"]',
        "no such line",
        "more exercises than there are words",
    ),
    Broken("left has no word", "prompts", ', left: "links"', "", "sides:", 'lacks the key "left"'),
    Broken(
        "no prompts", "prompts", "prompts:\n", "prompts: a\nmore:\n", "prompts: a", "prompts must be names with keys"
    ),
    Broken(
        "encouragements no names",
        "routine",
        "encouragements: #",
        "encouragements: a\nmore: #",
        "encouragements: a",
        "must be names with a line",
    ),
    Broken(
        "empty exercises",
        "routine",
        "exercises:\n",
        "exercises: []\nmore:\n",
        "exercises: []",
        "exercises is an empty list",
    ),
    Broken("exercises no list", "routine", "exercises:\n", "exercises: a\nmore:\n", "exercises: a", "must be a list"),
    Broken("version", "routine", "version: 1", "version: 0", "version: 0", "out of range"),
    Broken(
        "syntax",
        "routine",
        'title: "Het open boek"',
        'title: "Het open boek',
        'spoken_name: "het open boek"',
        "this is not YAML",
    ),
    Broken("tab", "routine", "    posture: floor", "\tposture: floor", "posture: floor", "not tabs"),
    Broken(
        "alias", "routine", 'title: "Het open boek"', "title: &a boek", "title: &a boek", "anchors (&) and aliases (*)"
    ),
    Broken(
        "tag",
        "routine",
        'title: "Het open boek"',
        "title: !!str boek",
        "!!str",
        "the tag tag:yaml.org,2002:str is not allowed",
    ),
    Broken("second document", "routine", "exercises:\n", "---\nexercises:\n", "---\n"[:3], "a second document"),
    Broken("control character", "routine", "Neem je kussen", "Neem\x07je kussen", "\x07", "control character U+0007"),
    Broken("list as a key", "routine", "version: 1", "[a]: 1\nversion: 1", "[a]: 1", "a key of a routine is no word"),
)
# fmt: on
