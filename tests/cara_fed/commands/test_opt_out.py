"""``cara-fed opt-out`` as scripts see it."""

import pytest

from tests.cara_fed.commands.test_commands import Shell, shell, studio
from tests.support.instances import jpeg

__all__ = ["shell", "studio"]


def test_what_is_said_about_a_post_is_printed(studio: Shell) -> None:
    picture = studio.config.with_name("a.jpg")
    picture.write_bytes(jpeg())
    object_id = studio.run("post", "mara", "--text", "x", "--image", str(picture), "--opt-out", "no-ai").splitlines()[
        -1
    ]
    number = object_id.rpartition("/")[2]
    shown = [
        studio.run("opt-out", "show", post) for post in (object_id, f"https://studio.example/@mara/{number}", number)
    ]
    assert shown[0] == shown[1] == shown[2]
    for line in (
        "X-Robots-Tag: noai, noimageai, noarchive",
        "Content-Usage: train-ai=n, search=y",
        "User-agent: GPTBot",
        f"== The post as other servers get it ({object_id})",
    ):
        assert line in shown[0].splitlines()
    assert "<plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING<" in shown[0]


@pytest.mark.parametrize("post", ["1", "x", "https://studio.example/@mara/1", "9" * 30])
def test_a_post_that_is_not_here(studio: Shell, post: str) -> None:
    assert "no post" in studio.refused("opt-out", "show", post)


def test_earlier_posts_are_rewritten(studio: Shell) -> None:
    assert "earlier posts of mara" in studio.run("opt-out", "rewrite", "@mara")
    assert studio.refused("opt-out", "rewrite", "nobody")


def test_a_list_that_cannot_be_fetched(studio: Shell) -> None:
    with studio.config.open("a") as file:
        file.write('[opt_out]\nagents_url = "https://127.0.0.1:9/robots.json"\n')
    assert "could not be fetched" in studio.refused("opt-out", "refresh")
