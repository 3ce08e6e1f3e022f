"""Letters: nobody learns who is here, none is lost, and a link in one sets a new password once."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cara_fed.config import Config
from cara_fed.doctor.findings import Verdict, find
from cara_fed.doctor.outside import Outside
from cara_fed.errors import InvalidInput
from cara_fed.mail.letters import read_address
from cara_fed.mail.worker import send_once
from cara_fed.running_config import RunningConfig
from cara_fed.services import Services
from storage.artists import Artist
from storage.mail_addresses import MailAddress
from tests.cara_fed.web.conftest import Open
from tests.support.browsers import PASSWORD, Browser
from tests.support.clocks import StoryTime
from tests.support.instances import build_config
from tests.support.mail_servers import MailServer, mail_server

Artists = dict[str, Artist]
FORGOTTEN = "/password/forgotten"


@pytest.fixture
async def post_office() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def config(config: Config, post_office: MailServer, tmp_path: Path) -> Config:
    smtp = {"host": "127.0.0.1", "port": post_office.port, "security": "none", "sender": "studio@studio.example"}
    return build_config(tmp_path, smtp=smtp)


async def confirm(services: Services, artist: Artist, address: str = "mara@mail.example") -> None:
    async with services.database.unit_of_work() as records:
        row = MailAddress(artist_pk=artist.pk, address=address, confirmed_at=services.clock.now())
        await records.mail_addresses.set(row)


def link_in(server: MailServer) -> str:
    found = re.search(r"https://studio\.example(/\S+)", server.letters[-1].get_content())
    assert found
    return found[1]


async def test_an_address_is_confirmed_and_then_mends_a_lost_password(
    mara_there: Browser, browse: Open, services: Services, post_office: MailServer
) -> None:
    address = {"mail": "mara+art@mail.example", "password": PASSWORD}
    await mara_there.get("/settings/login")
    await mara_there.send("/settings/login/mail", address)
    assert await send_once(services) and not await send_once(services)
    letter = post_office.letters[0]
    assert (letter["To"], letter["From"]) == ("mara+art@mail.example", "studio@studio.example")
    visitor = browse()
    await visitor.fill_in(FORGOTTEN, {"name": "mara"})
    assert not await send_once(services)  # not confirmed yet
    path = link_in(post_office)
    assert (await visitor.fill_in(path, {"token": path.partition("token=")[2]})).status_code == 303
    await visitor.fill_in(FORGOTTEN, {"name": "@Mara@studio.example"})
    await send_once(services)
    path = link_in(post_office)
    await visitor.get(path)
    await visitor.send("/password/reset", {"token": path.partition("token=")[2], "password": "another good one"})
    assert (await visitor.get("/settings")).status_code == 200
    assert (await mara_there.get("/settings")).status_code == 303  # logged out
    async with services.database.reading() as records:
        assert await records.mails.count_waiting() == 0


async def test_the_doctor_knocks_at_the_mail_server(services: Services, post_office: MailServer) -> None:
    there = Outside(services, services.client)
    assert (await find("mail", there.greet_mail_server)).verdict is Verdict.WELL
    closed = services.config.smtp.model_copy(update={"port": 9})
    shut = RunningConfig(services.config.model_copy(update={"smtp": closed}))
    there = Outside(replace(services, running=shut), services.client)
    assert "does not let us in" in (await find("mail", there.greet_mail_server)).sentence
    assert post_office.letters == []


async def test_the_answer_is_the_same_for_everybody(
    artists: Artists, browse: Open, services: Services, post_office: MailServer
) -> None:
    await confirm(services, artists["mara"])
    pages = set()
    for name in ("mara", "theo", "nobody"):
        answer = await browse(f"203.0.113.{len(name)}").fill_in(FORGOTTEN, {"name": name})
        pages.add((answer.status_code, re.sub(r'value="[^"]+"', "", answer.text)))
    assert len(pages) == 1
    while await send_once(services):
        pass
    assert [letter["To"] for letter in post_office.letters] == ["mara@mail.example"]


async def test_nobody_is_buried_in_letters(
    artists: Artists, browse: Open, services: Services, post_office: MailServer
) -> None:
    await confirm(services, artists["mara"])
    for n in range(5):
        assert (await browse(f"203.0.113.{n}").fill_in(FORGOTTEN, {"name": "mara"})).status_code == 200
    while await send_once(services):
        pass
    assert len(post_office.letters) == 3
    statuses = [(await browse().fill_in(FORGOTTEN, {"name": "x"})).status_code for _ in range(11)]
    assert statuses[-1] == 429


async def test_a_letter_waits_for_a_server_that_sleeps_and_is_given_up_where_it_is_refused(
    artists: Artists, browse: Open, services: Services, post_office: MailServer, time: StoryTime
) -> None:
    await confirm(services, artists["mara"])
    await browse().fill_in(FORGOTTEN, {"name": "mara"})
    post_office.answers = [b"451 later", b"550 nobody of that name"]
    assert await send_once(services) and not await send_once(services)
    time.now += timedelta(minutes=2)
    await send_once(services)
    assert post_office.letters == []
    time.now += timedelta(days=1)
    assert not await send_once(services)
    async with services.database.reading() as records:
        (failed,) = await records.mails.find_failed()
    assert failed.body == "" and "550" in failed.last_error


@pytest.mark.parametrize(
    "text", ["mara", "a@b", "a b@c.example", "a@b.example\nBcc: all@b.example", "a@b.example>", ""]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_address(text)
