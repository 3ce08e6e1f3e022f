"""Words that an artist does not want to read: whether they stand in a post. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from storage.filters import Filter


def find_filter(filters: Sequence[Filter], texts: Iterable[str]) -> Filter | None:
    """The filter that meets any of these texts: of several one that hides, else the oldest.

    A phrase meets whole words alone where it begins or ends with a letter of a script that parts its words; case, and
    ways of composing letters, make no difference.
    """
    whole = "\n".join(_fold(text) for text in texts)
    met = [one for one in filters if _pattern(_fold(one.phrase)).search(whole)]
    return next((one for one in met if one.hides), met[0] if met else None)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _pattern(phrase: str) -> re.Pattern[str]:
    before = r"\b" if _parts_words(phrase[:1]) else ""
    after = r"\b" if _parts_words(phrase[-1:]) else ""
    return re.compile(f"{before}{re.escape(phrase)}{after}")


def _parts_words(letter: str) -> bool:
    """Whether a script puts spaces between words: Chinese, Japanese and Thai do not."""
    return letter.isalnum() and not re.match(
        r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]", letter
    )
