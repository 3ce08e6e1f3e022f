"""Artists' Markdown: what it may say, and what becomes of everything else."""

import pytest

from activitypub.html import render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# a\n###### b", "<h3>a</h3>\n<h6>b</h6>"),
        ("~~old~~ **new**", "<p><s>old</s> <strong>new</strong></p>"),
        ("<b onclick=x>b</b><script>x</script>", "&lt;b onclick=x&gt;b&lt;/b&gt;&lt;script&gt;x&lt;/script&gt;"),
        ("[a](javascript:alert)", "[a](javascript:alert)"),
        ("[a](data:text/html,x)", "[a](data:text/html,x)"),
        ("readme.md", "<p>readme.md</p>"),
    ],
)
def test_what_is_written_is_shown(text: str, html: str) -> None:
    rendered = render_markdown(text)
    assert rendered == html or rendered == f"<p>{html}</p>"


def test_nothing_is_loaded_from_elsewhere_and_links_say_nothing_of_us() -> None:
    html = render_markdown("![x](https://far.example/a.png)\n\n<https://far.example/>\n\n[m](mailto:m@a.example)")
    assert "<img" not in html and html.count('rel="nofollow noopener"') == 3


def test_a_wide_table_scrolls_by_itself() -> None:
    html = render_markdown("|a|b|\n|:-:|-|\n|1|<table>|")
    assert html.startswith('<div class="wide" tabindex="0"><table>') and html.endswith("</table></div>")
    assert "&lt;table&gt;" in html and "style" not in html


@pytest.mark.parametrize("piece", ["[", "![", "*a_ ", "`a", "> ", "- ", "|a", "[a](", "**a", "&#x", "\u202e#"])
def test_hostile_text_is_bounded(piece: str) -> None:
    assert len(render_markdown(piece * 3000)) < 200_000
