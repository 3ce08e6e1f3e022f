"""Lists that wait, from the command line: looked at, applied, dismissed, and all of it written down."""

from pathlib import Path

import pytest

from cara_fed.blocklist.diffs import diff_list
from cara_fed.blocklist.entries import EntryKind
from cara_fed.blocklist.formats import ParsedEntry
from cara_fed.blocklist.holding import hold
from cara_fed.blocklist.reading import Reading
from cara_fed.services import Services
from storage.subscriptions import Subscription
from tests.cara_fed.commands.test_commands import TOML, Shell

URL = "https://lists.example/a.txt"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """A shell on an instance that subscribes to a list, of which something waits."""
    path = tmp_path / "instance.toml"
    path.write_text(f'{TOML}\n[[blocklist.subscriptions]]\nurl = "{URL}"\nformat = "text"\naction = "review"\n')
    shell = Shell(path, capsys)
    shell.look(hold_something)
    return shell


async def hold_something(services: Services) -> None:
    reading = Reading((ParsedEntry(EntryKind.DOMAIN, "scraper.example", reason="sells posts"),))
    async with services.database.unit_of_work() as records:
        await records.subscriptions.record(Subscription(url=URL, format="text", action="review"))
        await hold(records, URL, reading, diff_list((), reading.entries), services.clock.now())


def test_a_list_waits_until_it_is_applied(shell: Shell) -> None:
    waiting = shell.run("blocklist", "held")
    assert waiting.startswith(f"{URL}, held since ")
    assert "+ scraper.example\treject\tsells posts" in waiting
    assert shell.run("blocklist", "list") == "nothing is listed\n"

    assert shell.run("blocklist", "apply", URL).startswith(f"{URL} is in force.")
    assert f"(from {URL})" in shell.run("blocklist", "list")
    assert shell.run("blocklist", "held") == "no list waits\n"
    assert f"apply\t{URL}\t1 added, 0 changed, 0 retracted" in shell.run("blocklist", "log")
    assert "waits to be reviewed" in shell.refused("blocklist", "apply", URL)


def test_a_dismissed_list_waits_no_more(shell: Shell) -> None:
    shell.run("blocklist", "dismiss", URL)
    assert shell.run("blocklist", "held") == "no list waits\n"
    shell.look(hold_something)
    assert shell.run("blocklist", "held") == "no list waits\n"
