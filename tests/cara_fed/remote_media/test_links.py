"""Signed addresses: only what this instance shows can be asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.opt_out import OptOut
from cara_fed.remote_media.links import PREFIX, LinkInvalid, RemoteFile, RemoteLinks
from cara_fed.remote_media.sniff import sniff_picture

LINKS = RemoteLinks(b"k" * 32)


@given(st.text(max_size=500), st.sampled_from(OptOut))
def test_an_address_says_what_it_was_made_for(rest: str, policy: OptOut) -> None:
    url = f"https://far.example/{rest.encode('utf-8', 'ignore').decode()}"
    path = LINKS.make(url, policy)
    assert path is not None and path.startswith(PREFIX)
    assert LINKS.read(path.removeprefix(PREFIX)) == RemoteFile(url, policy)


@given(st.text(max_size=100))
def test_nothing_else_is_an_address(token: str) -> None:
    with pytest.raises(LinkInvalid):
        LINKS.read(token)


def test_an_address_of_another_instance_is_none_here() -> None:
    path = RemoteLinks(b"other" * 8).make("https://far.example/a.png", OptOut.UNSET)
    assert path is not None
    with pytest.raises(LinkInvalid):
        LINKS.read(path.removeprefix(PREFIX))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"<!doctype html>", None),
        (b"", None),
    ],
)
def test_what_a_file_is_is_told_by_its_bytes(content: bytes, media_type: str | None) -> None:
    assert sniff_picture(content) == media_type
