"""Artists' text becomes exactly the HTML that was meant; other people's HTML can do nothing on our pages."""

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.html import MAX_HTML, find_handles, render_text, sanitise_html, strip_html
from activitypub.tags import Mention
from activitypub.texts import bound_text

THEO = Mention("@theo@gallery.example", "https://gallery.example/users/theo", "https://gallery.example/@theo")
MARA = Mention("@mara@studio.example", "https://studio.example/users/mara", "https://studio.example/@mara")
PEOPLE = {"theo@gallery.example": THEO, "mara": MARA}


def tag_url(name: str) -> str:
    return f"https://studio.example/tags/{name}"


def html_of(text: str) -> str:
    return render_text(text, mentions=PEOPLE, tag_url=tag_url).html


def solid(text: str) -> str:
    return "".join(text.replace("＃", "#").split())


class Inventory(HTMLParser):
    """Every element and attribute of some HTML, as a browser's parser meets them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("  \n ", ""),
        ("One line", "<p>One line</p>"),
        ("One\nTwo", "<p>One<br>Two</p>"),
        ("One\r\nTwo\r\n\r\nThree\n \n\nFour", "<p>One<br>Two</p><p>Three</p><p>Four</p>"),
        ('<b>5 > 3 & "so"</b>', "<p>&lt;b&gt;5 &gt; 3 &amp; &quot;so&quot;&lt;/b&gt;</p>"),
        ("a\x00b\x07c", "<p>abc</p>"),
    ],
)
def test_text_keeps_its_lines_and_no_markup(text: str, html: str) -> None:
    assert html_of(text) == html


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("see https://shop.example/prints.", "https://shop.example/prints", "shop.example/prints"),
        ("(http://a.example/x_(y))", "http://a.example/x_(y)", "a.example/x_(y)"),
        ("https://a.example/?b=1&c=<2>", "https://a.example/?b=1&amp;c=", "a.example/?b=1&amp;c="),
        ("https://a.example/#part/@b", "https://a.example/#part/@b", "a.example/#part/@b"),
    ],
)
def test_addresses_become_links(text: str, address: str, shown: str) -> None:
    anchor = f'<a href="{address}" rel="nofollow noopener" translate="no"><span class="invisible">'
    scheme = address.split("://")[0]
    assert f"{anchor}{scheme}://</span>{shown}</a>" in html_of(text)


@pytest.mark.parametrize(
    "text",
    ["README.md", "studio.example", "mara@studio.example", "javascript:alert(1)", "ftp://a.example", "//a.example"],
)
def test_nothing_is_guessed_to_be_a_link(text: str) -> None:
    assert "<a " not in html_of(text)


def test_profile_links_can_say_me() -> None:
    html = render_text("https://shop.example", mentions={}, tag_url=tag_url, rel="me nofollow noopener").html
    assert 'rel="me nofollow noopener"' in html


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#NoAI, #art", ["NoAI", "art"]),
        ("#イラスト #日本語タグ。", ["イラスト", "日本語タグ"]),
        ("＃ワイド", ["ワイド"]),
        ("#हिन्दी #ไทยแลนด์ #العربية", ["हिन्दी", "ไทยแลนด์", "العربية"]),
        ("#می‌خواهم", ["می‌خواهم"]),
        ("#snake_case #80s #1 #123_4", ["snake_case", "80s"]),
        ("#Art #art #ART", ["Art"]),
        ("a#b &#39; /#x ##y", []),
        ("#tag's #tag-line", ["tag"]),
        ("#🎨 #", []),
        ("(#bracket)", ["bracket"]),
    ],
)
def test_hashtags_of_any_script(text: str, names: list[str]) -> None:
    rendered = render_text(text, mentions={}, tag_url=tag_url)
    assert [tag.name for tag in rendered.hashtags] == names


def test_a_hashtag_links_its_folded_page_and_keeps_its_spelling() -> None:
    rendered = render_text("#NoAI", mentions={}, tag_url=tag_url)
    assert rendered.html == (
        '<p><a href="https://studio.example/tags/noai" class="mention hashtag" rel="tag">#<span>NoAI</span></a></p>'
    )
    assert rendered.hashtags[0].href == "https://studio.example/tags/noai"


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@theo@gallery.example.", ("theo@gallery.example",)),
        ("@Theo@Gallery.Example: hi @mara", ("theo@gallery.example", "mara")),
        ("@a@localhost:8080 @a@localhost:8080", ("a@localhost:8080",)),
        ("@jo.e-x_@künst.example", ("jo.e-x_@künst.example",)),
        ("mail@studio.example https://gallery.example/@theo x@y", ()),
        ("@ @@ @.", ()),
    ],
)
def test_handles_are_found(text: str, handles: tuple[str, ...]) -> None:
    assert find_handles(text) == handles


def test_people_who_were_found_are_linked_and_others_stay_text() -> None:
    rendered = render_text("@theo@gallery.example, @mara and @nobody@x.example", mentions=PEOPLE, tag_url=tag_url)
    assert rendered.mentions == (THEO, MARA)
    assert rendered.html == (
        '<p><span class="h-card" translate="no"><a href="https://gallery.example/@theo" class="u-url mention">'
        "@<span>theo</span></a></span>, "
        '<span class="h-card" translate="no"><a href="https://studio.example/@mara" class="u-url mention">'
        "@<span>mara</span></a></span> and @nobody@x.example</p>"
    )


@given(st.text(alphabet=st.sampled_from("ab@#.:/<>&\"'\n (日_-٠\u202e") | st.characters(), max_size=120))
def test_whatever_is_typed_becomes_harmless_html_with_the_same_text(text: str) -> None:
    html = html_of(text)
    inventory = Inventory(html)
    assert inventory.elements <= {"p", "br", "a", "span"}
    assert all(value is None or not value.startswith("javascript") for _, value in inventory.attributes)
    assert solid(strip_html(html)) == solid(bound_text(text, 1000))


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>One<br/>Two</p>", "<p>One<br>Two</p>"),
        ("<script>alert(1)</script>x", "x"),
        ("<style>p{}</style><p style='color:red' onclick='x()'>y</p>", "<p>y</p>"),
        ("<img src=x onerror=alert(1)>z", "z"),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="nofollow noopener">a</a>'),
        ('<a href="data:text/html,x">a</a>', '<a rel="nofollow noopener">a</a>'),
        ('<a href="/relative">a</a>', '<a rel="nofollow noopener">a</a>'),
        (
            '<a href="https://x.example" class="mention evil" target="_top" rel="me">a</a>',
            '<a href="https://x.example" class="mention" rel="nofollow noopener">a</a>',
        ),
        ("<h2>Title</h2><p>text</p>", "<p><strong>Title</strong></p><p>text</p>"),
        ('<p dir="rtl" lang="ar">مرحبا</p>', '<p dir="rtl" lang="ar">مرحبا</p>'),
        ("<ul><li>a</li></ul><blockquote>b</blockquote>", "<ul><li>a</li></ul><blockquote>b</blockquote>"),
        ("<p>unclosed <b>bold", "<p>unclosed <b>bold</b></p>"),
        ("<form><input name=q><button>go</button></form>", "go"),
        ("<p>\u202eturned\u202c</p>", "<p>turned</p>"),
        ("<p>\u2067open</p>", "<p>open</p>"),
        ("<p>\u2067closed\u2069</p>", "<p>\u2067closed\u2069</p>"),
        (None, ""),
        (["<p>first</p>", "<p>second</p>"], "<p>first</p>"),
        ({"x": 1}, ""),
    ],
)
def test_remote_html_is_reduced_to_what_a_post_needs(dirty: object, clean: str) -> None:
    assert sanitise_html(dirty) == clean


ELEMENTS = set(re.findall(r"\w+", "p br a span del s pre code em strong b i u sub sup ul ol li blockquote ruby rt rp"))
ATTRIBUTES = {"href", "rel", "class", "dir", "lang", "translate", "start", "reversed"}
SLOW = ["<ul><li>", "<blockquote>", "<script>", "<", "<b>", "<h1 ", "<table>", "<p>&", "<svg>"]
NASTY = st.lists(
    st.sampled_from(
        ["<", ">", "/", "a", "svg", "math", "<p>", "</p>", "<a href=", "javascript:", "'", '"', "<!--", "-->", "style",
         "<svg><style>", "<noscript>", "<img src=x onerror=y>", "<h1>", "</h1>", "&lt;", "&#x3c;", "<mglyph>", "]]>"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(NASTY | st.text())
def test_no_html_brings_in_more_than_is_allowed(dirty: str) -> None:
    clean = sanitise_html(dirty)
    inventory = Inventory(clean)
    assert inventory.elements <= ELEMENTS
    assert {name for name, _ in inventory.attributes} <= {
        "href",
        "rel",
        "class",
        "dir",
        "lang",
        "translate",
        "start",
        "reversed",
    }
    assert all(v and v.startswith(("http://", "https://")) for name, v in inventory.attributes if name == "href")
    assert not re.search("[\u202a-\u202e]", clean)


@pytest.mark.parametrize(
    "piece", ["<ul><li>", "<blockquote>", "<script>", "<", "<b>", "<h1 ", "<table>", "<p>&", "<svg>"]
)
def test_html_made_to_be_slow_is_not(piece: str) -> None:
    hostile = piece * (2 * MAX_HTML // len(piece))
    started = time.process_time()
    assert len(sanitise_html(hostile)) <= 6 * MAX_HTML
    strip_html(hostile)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One<br>Two</p><p>Three &amp; four</p>", "One\nTwo\nThree & four"),
        ("&lt;b&gt; <i>i</i><script>no</script>", "<b> i"),
        (None, ""),
    ],
)
def test_html_has_a_plain_text(html: object, text: str) -> None:
    assert strip_html(html) == text
    assert strip_html("<p>abcdef</p>", limit=3) == "abc"
