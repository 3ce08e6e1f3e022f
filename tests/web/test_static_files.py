"""Static files: hashed names, kept for ever, small enough to be read by one person."""

import gzip
import re
from pathlib import Path

import pytest

from cara_fed.web.static_files import load_static_files, matches
from templates import ROOT

FILES = load_static_files(ROOT / "static")


def headers(url: str, **asked: str) -> dict[bytes, bytes]:
    return dict(FILES.answer(url, **asked).headers)


def test_a_file_is_served_under_a_name_with_its_hash_for_ever() -> None:
    url = FILES.url("site.css")
    assert re.fullmatch(r"/static/site\.[0-9a-f]{16}\.css", url)
    assert headers(url)[b"cache-control"] == b"public, max-age=31536000, immutable"
    assert headers(url)[b"content-type"] == b"text/css; charset=utf-8"


def test_a_changed_file_gets_another_name(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = load_static_files(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}")
    assert load_static_files(tmp_path).url("a.css") != before


def test_stylesheets_point_to_hashed_names() -> None:
    css = FILES.by_name["tokens.css"].body.decode()
    used = re.findall(r'url\("([^"]+)"\)', css)
    assert used
    assert all(FILES.answer(url).status == 200 for url in used)


def test_a_known_file_is_not_sent_twice() -> None:
    url = FILES.url("icons.svg")
    etag = headers(url)[b"etag"].decode()
    assert FILES.answer(url, if_none_match=etag).status == 304
    assert FILES.answer(url, if_none_match=f'"other", W/{etag}').status == 304
    assert FILES.answer(url, if_none_match='"other"').status == 200


def test_a_file_is_sent_compressed_to_those_who_can_read_that() -> None:
    url = FILES.url("wall.css")
    answer = FILES.answer(url, accept_encoding="br, gzip")
    assert (b"content-encoding", b"gzip") in answer.headers
    assert gzip.decompress(answer.body) == FILES.answer(url).body
    assert headers(url)[b"vary"] == b"Accept-Encoding"


@pytest.mark.parametrize("url", ["/static/site.css", "/static/../views.py", "/static/", "/etc/passwd"])
def test_nothing_else_is_served(url: str) -> None:
    assert FILES.answer(url).status == 404


@pytest.mark.parametrize(
    ("header", "known"), [("", False), ("*", True), ('"a"', True), ('W/"a"', True), ('"b"', False)]
)
def test_entity_tags(header: str, known: bool) -> None:
    assert matches(header, b'"a"') is known


def test_every_shape_of_a_frame_has_its_class() -> None:
    ratios = FILES.by_name["ratios.css"].body.decode()
    assert ".r40{--r:0.4}" in ratios and ".r300{--r:3}" in ratios and ".x10{--x:100%}" in ratios


def test_the_stylesheets_can_be_read_by_one_person() -> None:
    sheets = (ROOT / "static").glob("*.css")
    assert sum(len(sheet.read_text().splitlines()) for sheet in sheets) <= 900


def test_the_heading_face_is_small_and_brings_its_licence() -> None:
    fonts = ROOT / "static" / "fonts"
    assert sum(font.stat().st_size for font in fonts.glob("*.woff2")) <= 30_000
    assert "SIL OPEN FONT LICENSE" in (fonts / "OFL.txt").read_text()
    assert "ISC License" in (ROOT / "static" / "icons.LICENSE.txt").read_text()


def test_layout_reads_in_both_directions() -> None:
    """Logical properties only: left and right would be wrong in half of the world's scripts."""
    physical = re.compile(
        r"(?<![-\w])(?:margin|padding|border|inset)?-?(?:left|right|top|bottom)\s*:|text-align:\s*(?:left|right)"
    )
    for sheet in (ROOT / "static").glob("*.css"):
        assert not physical.findall(sheet.read_text()), sheet.name
