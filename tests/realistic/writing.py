"""The sixty posts: short ones and long ones, with everything that a post may have in it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from fediblog.actions.post_form import PostForm
from tests.browser.scene import EXCERPT, TAGS, TEXT, TITLE

POSTS = 60

_TITLES = """\
The gate that would not close
What the almanac gets right
Notes on keeping notes
A script for the first frost
Three ways to lose a notebook
On repairing a bicycle lamp
The barometer in the hallway
Reading by the wrong light
A table of what grew
Why I still print things
The long way to the post office
Small tools, sharpened
How to read a rain gauge
Letters from the allotment
Slow software
Every map is a letter
The smell of rain has a name
Counting swifts
A year without a phone in the garden
The wind from the east
Two kinds of silence
Making a calendar out of string
How the ferry learned to wait
Under the pear tree
The price of a good pencil
Backups, and other acts of faith
A short history of my handwriting
Fog, measured
Things my neighbour taught me about hedges
The last warm evening
In praise of the plain text file
What to do with eleven kilos of plums
Winter is a kind of index
On being wrong about the moon
Ein Brief über den Nebel
雨の日のノート
عن الشتاء وأشياء أخرى
Une semaine sans montre
The drawer of single gloves
Sharpening, again
A weather station for forty euros
Ice on the inside of the window
The museum of broken kettles
Why the hens do not care
Sixteen words for mud
A walk in the order of the alphabet
Who owns the view
The well-tempered compost
Of clocks and clouds
Instructions for a house-sitter
The archive in the shoebox
Northwesterly, falling slowly
How I back up a garden
A list of lists
The tide table as literature
What a thermometer cannot know
Half a theory of puddles
The kettle, the key and the cat
Borrowed umbrellas\
""".splitlines()

_TAGS = (
    "weather",
    "notebooks",
    "habits",
    "garden",
    "slow tools",
    "plain text",
    "bicycles",
    "letters",
    "C++",
    "日本語",
    "قهوة",
    "Überraschungen",
)

_SENTENCES = """\
I had meant to write this in October, when it would have been useful.
The path was wet and nobody had walked on it since the night before.
My neighbour says that one learns a hedge by cutting it badly for ten years.
There is a drawer in the kitchen that holds nothing but string, and I know why.
You could say that the whole thing was an accident, and you would be mostly right.
For a week I did nothing but look, which is harder than it sounds.
The old barometer has been wrong since the move, but it is wrong in a way that I can read.
I wrote it down, as I do, and then could not find where.
It took the afternoon, two cups of tea and a screwdriver that was slightly too large.
What I remember is the sound: a door, then rain, then nothing at all.
If you have ever waited for a ferry in February you will know what I mean.
The book says to do it in spring; the book was written two hundred kilometres further south.
Nothing about it is efficient, and that is the part which I would keep.
By the third day the numbers had stopped surprising me and I began to trust them.
I asked the woman at the post office, who knew, as she always does.
In the end the answer was on the back of the packet.
A tool that you can repair is a tool that you can understand, and the other way round.
The children have decided that it is a boat, so now it is a boat.
There are quicker ways, of course, and I have tried most of them.
The light at four in the afternoon is the reason why people stay here.\
""".splitlines()

_CODE = """\
```python
from pathlib import Path

lines = Path("sky.txt").read_text(encoding="utf-8").splitlines()
fog = [line for line in lines if "fog" in line.casefold()]
print(f"{len(fog)} mornings of {len(lines)} in fog")  # 61 of 340
```"""
_SHELL = """\
```sh
sort sky.txt | uniq --count | sort --numeric-sort --reverse | head -n 5
```"""
_TABLE = """\
| Month    | Rain in mm | Mornings in fog | What I wrote most often        |
|----------|-----------:|:---------------:|--------------------------------|
| October  |      112.4 |       14        | *wet again*                    |
| November |       98.0 |       21        | “could not see the gate”       |
| December |      141.7 |        9        | dark, dark, and then also dark |"""
_TASKS = """\
- [x] Clean the gauge
- [x] Write down when it was cleaned
- [ ] Find out what the third scale is for"""
_TERMS = """\
Smirr
: Rain so fine that one only notices it by being wet.

Haar
: Fog that comes in from the sea and stays for supper."""
_QUOTE = """\
> The journal of the weather is the journal of the one who looks out of the window.
>
> > And of who cleans the window."""
_LIST = """\
1. Put the kettle on.
2. Look at the sky. Not at the phone: at the sky.
   - If there is none, write “fog”.
   - If there is too much of it, write that.
3. Drink the tea."""
_SOUND = "This is [what it sounded like](https://sounds.example/rain-on-a-tin-roof.ogg) at six."
_FOLDED = "<details><summary>The whole table</summary><p>It is not that long.</p></details>"
_KEYS = "Press <kbd>Ctrl</kbd> + <kbd>S</kbd> all the same, and H<sub>2</sub>O falls."
_EXTRAS = (_CODE, _TABLE, _TASKS, _TERMS, _QUOTE, _LIST, _SOUND, _FOLDED, _KEYS, _SHELL)

_CATEGORIES = ("Weather", "Garden", "Tools & repairs", "")
#: One post in so many begins with a picture.
_PICTURED = 20

#: What is not in English: its language and its text, by the title.
_OTHER_LANGUAGES = {
    "Ein Brief über den Nebel": (
        "de",
        "Heute früh war nichts zu sehen, nicht einmal das Tor.\n\nIch habe trotzdem eine Zeile "
        "geschrieben, und es wurde die längste des Monats. „Nebel“, stand da, und dann alles, was "
        "er verdeckt hat.",
    ),
    "雨の日のノート": (
        "ja",
        "朝から雨です。窓の外には何も見えませんが、音だけで庭の様子がわかります。\n\n"
        "ノートには一行だけ書きました。「雨、静か」。それで十分だと思います。",
    ),
    "عن الشتاء وأشياء أخرى": (
        "ar",
        "في الصباح لم أر شيئاً من النافذة، لكنني كتبت سطراً واحداً كالعادة.\n\n"
        "المطر هنا يشبه ضيفاً يعرف البيت جيداً: يأتي متأخراً، ويجلس طويلاً، ولا يطلب سوى الشاي.\n\n"
        "- الغيوم منخفضة\n- الريح من الشرق\n- القطة على الدفتر",
    ),
    "Une semaine sans montre": (
        "fr",
        "Lundi, je l’ai laissée dans un tiroir.\n\nDimanche, je savais l’heure au bruit de la "
        "boulangerie : quatre heures, le four ; six heures, la porte ; sept heures, les voisins.",
    ),
}


#: What the newest post said at first.
FIRST_THOUGHTS = TEXT.replace("I would have said ten.", "I would have said nine.")
PAGES = {
    "About": "I live by the sea, with a shed, a barometer and *many* notebooks.\n\n## The blog\n\n"
    "It has been here since 2023. What I write about most is [the weather](/tags/weather).",
    "Now": "- Sharpening things\n- Reading the tide table\n- Waiting for the first frost",
}
#: Title of a post that is no more.
DELETED = "Something I should not have written"


@dataclass(frozen=True, slots=True)
class Draft:
    """A post to be. picture: the name of the view that leads it, or empty."""

    form: PostForm
    picture: str = ""


def earlier_posts() -> Iterator[Draft]:
    """All posts but the newest, the oldest first."""
    dice = random.Random(1)
    for number, title in enumerate(_TITLES):
        language, text = _OTHER_LANGUAGES.get(title, ("", ""))
        pictured = number % _PICTURED == 5
        form = PostForm(
            title=title,
            body=text or _body(dice, number),
            tags=", ".join(dice.sample(_TAGS, number % 6)),
            category=_CATEGORIES[number % len(_CATEGORIES)],
            language=language,
            licence="CC-BY-4.0" if number % 5 == 0 else "",
            contents="on" if number % 6 == 5 else "",
            lead_alt="Hills, one behind the other, under a pale sky" if pictured else "",
        )
        yield Draft(form, f"hills {number}" if pictured else "")


def newest_post() -> Draft:
    """The post with the long thread."""
    form = PostForm(
        title=TITLE,
        body=TEXT,
        tags=TAGS,
        excerpt=EXCERPT,
        category="Weather",
        source_line="After a talk at the [allotment society](https://allotments.example/53)",
        licence="CC-BY-SA-4.0",
        lead_alt="Hills in the first light, with the sun just above the furthest of them",
        lead_caption="The view that the lines are about, on a *clear, cold* morning",
    )
    return Draft(form, "morning")


def _body(dice: random.Random, number: int) -> str:
    """One to twelve paragraphs, with other things between them."""
    parts: list[str] = []
    for place in range((1, 2, 3, 5, 8, 12)[number % 6]):
        if place and place % 4 == 0:
            parts.append(f"## {dice.choice(_SENTENCES).rstrip('.')}")
        parts.append(" ".join(dice.sample(_SENTENCES, dice.randint(2, 6))))
        if place % 2:
            parts.append(_EXTRAS[(number + place) % len(_EXTRAS)])
    if number % 3 == 0:
        parts[0] += "[^a]"
        parts.append("[^a]: Or so it seemed to me then; I have changed my mind *twice* since.")
    return "\n\n".join(parts)
