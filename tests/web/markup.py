"""HTML as a list of its elements, which is all that the page tests ask about."""

from functools import lru_cache
from html.parser import HTMLParser


class Element(dict[str, str]):
    """An element's attributes; ``tag`` is its name."""

    def __init__(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        super().__init__((name, value or "") for name, value in attributes)
        self.tag = tag


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, attrs))


def elements(html: str, *tags: str) -> list[Element]:
    """The elements of these kinds, or of all kinds, in their order."""
    return [element for element in _read(html) if not tags or element.tag in tags]


@lru_cache(256)
def _read(html: str) -> list[Element]:
    """Everything in a page; the tests of one page ask many things about it."""
    collector = _Collector()
    collector.feed(html)
    collector.close()
    return collector.elements
