"""How long a text is, and how long it takes to read."""

import re

from fediblog.domain.plaintext import plain_text

#: Silent reading of an adult, in words (Brysbaert 2019).
_WORDS_PER_MINUTE = 230
#: Scripts that put no spaces between words: Chinese, Japanese (kana, too), Thai, Lao, Khmer and
#: Burmese.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
#: Of these scripts so many characters are read in the time of one word.
_CHARACTERS_PER_WORD = 2


def count_words(html: str) -> int:
    """The words of a text; in scripts without spaces, every two characters count as one."""
    text = plain_text(html)
    spaced, characters = _SPACELESS.subn(" ", text)
    words = sum(1 for word in spaced.split() if any(map(str.isalnum, word)))
    return words + (characters + 1) // _CHARACTERS_PER_WORD


def reading_minutes(words: int) -> int:
    """Minutes that it takes to read so many words; 0 for none."""
    return max(1, round(words / _WORDS_PER_MINUTE)) if words else 0
