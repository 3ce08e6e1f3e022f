"""The command line as scripts see it: what it prints, how it exits, what it leaves behind."""

import asyncio
import io
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from activitypub.opt_out import OptOut
from cara_fed.__main__ import main
from cara_fed.accounts.sign_in import Visitor, sign_in
from cara_fed.config import Config, load_config
from cara_fed.services import Services, open_services
from storage.posts import Post
from tests.benchmarks.gallery import photograph
from tests.cara_fed.protection.pictures import encode
from tests.support.instances import add_follower, jpeg

Result = TypeVar("Result")
TOML = """
[instance]
domain = "studio.example"
[storage]
database = "sqlite+aiosqlite:///data/cara.sqlite3"
[federation]
allowed_private_networks = ["127.0.0.0/8"]
"""


class Shell:
    """Runs commands on one instance, and looks at what they left."""

    def __init__(self, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = config
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> str:
        """A command's stdout; its stderr is in `error`."""
        try:
            returned = main([*arguments, "--config", str(self.config)])
        except SystemExit as stopped:  # argparse's own way out
            returned = int(stopped.code or 0)
        out, self.error = self._capsys.readouterr()
        assert returned == code, self.error
        return out

    def refused(self, *arguments: str) -> str:
        """The one sentence of a command that is refused."""
        assert self.run(*arguments, code=1) == ""
        assert self.error.startswith("cara-fed: ") and self.error.count("\n") == 1, self.error
        return self.error.removeprefix("cara-fed: ").strip()

    def look(self, look: Callable[[Services], Awaitable[Result]]) -> Result:
        """Ask the instance itself."""

        async def ask() -> Result:
            async with open_services(load_config(self.config)) as services:
                return await look(services)

        return asyncio.run(ask())


@pytest.fixture
def shell(config: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    path = tmp_path / "instance.toml"
    path.write_text(TOML, encoding="utf-8")
    return Shell(path, capsys)


@pytest.fixture
def studio(shell: Shell) -> Shell:
    """A shell on an instance where mara works."""
    shell.run("artist", "add", "mara")
    return shell


def test_the_config_stands_before_or_after_everything(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(shell.config)
    for command in (
        ["--config", path, "check"],
        ["check", "--config", path],
        ["--config", path, "blocklist", "list"],
        ["blocklist", "--config", path, "list"],
        ["blocklist", "list", "--config", path],
    ):
        assert main(command) == 0, capsys.readouterr().err


def test_the_environment_may_name_the_config(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CARA_FED_CONFIG", str(shell.config))
    assert main(["check"]) == 0
    assert "studio.example" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["paint"],
        ["artist"],
        ["artist", "add"],
        ["post"],
        ["post", "mara", "--visibility", "secret"],
        ["post", "mara", "--opt-out", "maybe"],
        ["post", "mara", "--alt", "before any image"],
        ["post", "mara", "--image", "a.jpg", "--alt", "one", "--alt", "two"],
        ["keys", "rotate"],
        ["keys", "rotate", "mara", "--instance"],
        ["blocklist", "add", "scraper.example"],
        ["blocklist", "add", "scraper.example", "--reason", "r", "--policy", "maybe"],
        ["blocklist", "add", "scraper.example", "--reason", "r", "--expires", "tomorrow"],
        ["serve", "--workers", "0"],
    ],
)
def test_bad_usage_exits_with_two(shell: Shell, command: list[str]) -> None:
    shell.run(*command, code=2)
    assert shell.error.startswith("usage: ")


def test_a_bad_config_exits_with_two_and_every_mistake(shell: Shell) -> None:
    shell.config.write_text('[instance]\ndomain = "Studio.example"\nnmae = "x"\n', encoding="utf-8")
    shell.run("artist", "add", "mara", code=2)
    assert [line.split(": ")[1] for line in shell.error.splitlines()] == ["instance.domain", "instance.nmae"]


def test_every_command_of_the_contract_is_there(shell: Shell) -> None:
    help_text = shell.run("--help")
    for name in ["serve", "check", "artist", "post", "follow", "protect", "blocklist", "deliveries", "keys"]:
        assert re.search(rf"^\s+{name}\b", help_text, re.MULTILINE), name


def test_an_artist_is_added_and_only_the_handle_is_printed(shell: Shell) -> None:
    assert shell.run("artist", "add", "mara", "--display-name", "Mara Lind") == "@mara@studio.example\n"
    link = re.search(r"https://studio\.example/password/reset\?token=\S+", shell.error)
    assert link is not None
    assert shell.refused("artist", "add", "Mara").startswith("The name Mara is taken")
    assert shell.refused("artist", "add", "inbox") == "the name “inbox” is reserved"


def test_a_password_is_read_from_standard_input(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a quiet harbour\n"))
    shell.run("artist", "add", "ida", "--admin", "--password-stdin")
    assert shell.error == ""
    signed_in = shell.look(lambda services: sign_in(services, "ida", "a quiet harbour", Visitor("::1")))
    assert signed_in.artist.role == "admin"
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert "at least 10 characters" in shell.refused("artist", "add", "lou", "--password-stdin")


def test_a_post_prints_its_id_on_the_last_line(studio: Shell, tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(jpeg(100, 100))
    (tmp_path / "2.jpg").write_bytes(encode(photograph(200), "JPEG"))
    one, two = str(tmp_path / "1.jpg"), str(tmp_path / "2.jpg")
    out = studio.run(
        *("post", "mara", "--text", "Two of a kind", "--image", one, "--image", two, "--alt", "the second"),
        *("--cw", "spiders", "--visibility", "unlisted", "--opt-out", "no-ai"),
    )
    object_id = out.splitlines()[-1]
    assert re.fullmatch(r"https://studio\.example/users/mara/posts/\d+", object_id)

    async def find(services: Services) -> tuple[Post, list[str]]:
        async with services.database.reading() as records:
            post = await records.posts.get(object_id)
            pictures = (await records.attachments.find_for_posts([post.pk]))[post.pk]
            return post, [picture.attachment.alt for picture in pictures]

    post, alts = studio.look(find)
    assert alts == ["", "the second"]
    assert (post.content_warning, post.visibility, post.opt_out) == ("spiders", "unlisted", OptOut.NO_AI)
    studio.run("artist", "add", "theo")
    assert "/posts/" in studio.run("post", "theo", "--image", one, "--image", two)
    assert f"picture 2 looks like one by @mara: {post.url}" in studio.error


def test_a_post_that_cannot_be_is_refused_in_one_sentence(studio: Shell, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    assert studio.refused("post", "mara") == "A post needs a picture or some text."
    assert studio.refused("post", "nobody", "--text", "x") == "There is no artist called nobody here."
    sentence = studio.refused("post", "mara", "--image", str(tmp_path / "notes.txt"))
    assert sentence.startswith("Picture 1 (notes.txt): ")
    assert "none.jpg): No such file" in studio.refused("post", "mara", "--image", str(tmp_path / "none.jpg"))


def test_what_waits_and_what_failed_is_told(studio: Shell) -> None:
    async def let_theo_follow(services: Services) -> None:
        async with services.database.reading() as records:
            mara = await records.artists.get("mara")
        await add_follower(services, mara, "https://gallery.example/users/theo")

    studio.look(let_theo_follow)
    assert studio.run("deliveries", "--failed") == "no delivery failed\n"
    studio.run("post", "mara", "--text", "hello")
    assert studio.run("deliveries").startswith("queued 1 (due 1, being sent 0, failing so far 0)\nsent 0\n")

    async def fail(services: Services) -> None:
        now = services.clock.now()
        async with services.database.unit_of_work() as records:
            (delivery,) = await records.deliveries.find_page("queued")
            await records.deliveries.record_failed(delivery.pk, now, "answered 403: go away", 403)
            await records.hosts.record_failure("gallery.example", now)

    studio.look(fail)
    assert "gallery.example: failing since" in studio.run("deliveries")
    failed = studio.run("deliveries", "--failed")
    assert "Create" in failed and failed.endswith("to https://gallery.example/inbox: answered 403: go away\n")


def test_keys_are_rotated(studio: Shell) -> None:
    ids = re.findall(
        r"^https://studio\.example/users/mara#key-\d+ \((\w+)\)$", studio.run("keys", "rotate", "mara"), re.M
    )
    assert ids == ["rsa", "ed25519"]
    assert studio.run("keys", "rotate", "--instance").startswith("https://studio.example/actor#key-")
    assert studio.refused("keys", "rotate", "nobody") == "There is no artist called nobody here."


def test_a_follow_of_an_unreachable_server_is_refused_in_one_sentence(studio: Shell) -> None:
    assert "gallery.invalid" in studio.refused("follow", "mara", "@theo@gallery.invalid")
    assert "no handle" in studio.refused("follow", "mara", "theo")
    assert studio.refused("follow", "mara", "@mara@studio.example") == "Nobody can follow themselves."


def test_the_blocklist_is_kept_from_the_command_line(studio: Shell, tmp_path: Path) -> None:
    reason = ("--reason", "feeds a model")
    assert studio.run("blocklist", "list") == "nothing is listed\n"
    studio.run(
        "blocklist", "add", "Scraper.example", *reason, "--expires", "2999-12-31", "--evidence", "https://a.example/1"
    )
    studio.run("blocklist", "add", "https://far.example/users/eve", *reason, "--policy", "drop", "--label", "alias")
    listed = studio.run("blocklist", "list")
    assert "scraper.example\treject\ttraining-harvest\tfeeds a model\tuntil 3000-01-01 00:00 UTC" in listed
    assert "https://far.example/users/eve\tdrop\talias\tfeeds a model" in listed
    assert "scraper.example" in studio.run("blocklist", "export", "--format", "txt")
    assert studio.run("blocklist", "list", "--hits").startswith("0\trefusals")
    assert "studio.example" in studio.refused("blocklist", "add", "studio.example", *reason)

    studio.run("blocklist", "allow", "scraper.example", "--reason", "they stopped")
    assert "scraper.example\tallowed\tthey stopped" in studio.run("blocklist", "list")
    studio.run("blocklist", "allow", "scraper.example", "--undo")
    studio.run("blocklist", "remove", "scraper.example")
    assert studio.refused("blocklist", "remove", "scraper.example") == "scraper.example is not listed."

    file = tmp_path / "theirs.txt"
    file.write_text("harvest.example\nbulk.example\n", encoding="utf-8")
    assert "2 added" in studio.run("blocklist", "import", str(file), "--dry-run")
    assert "harvest.example" not in studio.run("blocklist", "list")
    studio.run("blocklist", "import", str(file))
    assert "harvest.example" in studio.run("blocklist", "list")
    assert studio.run("blocklist", "refresh") == "no list is subscribed to in instance.toml\n"


def test_protect_needs_no_instance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.jpg").write_bytes(jpeg())
    assert main(["protect", str(tmp_path / "in.jpg"), str(tmp_path / "out.jpg")]) == 0
    assert b"DMI-PROHIBITED-AIMLTRAINING" in (tmp_path / "out.jpg").read_bytes()
    assert main(["protect", str(tmp_path / "none.jpg"), str(tmp_path / "out.jpg")]) == 1
    assert main(["protect", str(tmp_path / "in.jpg"), f"{tmp_path}/all/", "--json"]) == 0
    assert '"renditions"' in capsys.readouterr().out


def test_a_changed_domain_is_refused(studio: Shell) -> None:
    studio.config.write_text(TOML.replace("studio.example", "atelier.example"), encoding="utf-8")
    studio.run("artist", "add", "ida", code=2)
    assert "this data belongs to https://studio.example" in studio.error
