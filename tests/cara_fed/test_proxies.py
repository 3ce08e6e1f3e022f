"""What nginx and Caddy read; and both of them, configured as docs/deploy.md says, before a real instance."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn

from cara_fed.app import build_app
from cara_fed.blocklist.list_entry import EntryDraft, list_entry
from cara_fed.evidence.access_logs import read_log_file
from cara_fed.opt_out.agents import own_agents
from cara_fed.opt_out.user_agents import AgentTable
from cara_fed.proxies.agent_patterns import build_patterns, group_agents
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from tests.cara_fed.opt_out.test_user_agents import FEDIVERSE
from tests.support.instances import jpeg
from tests.support.web_servers import CADDY, NGINX, caddy, free_port, nginx

TRAINER = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
SEARCHER = "Mozilla/5.0 (compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)"
PIXELFED = "(Pixelfed/0.12.5; +https://code.example)"


class TestPatterns:
    patterns = tuple(
        re.compile(pattern, re.IGNORECASE)
        for names in group_agents(own_agents().agents).values()
        for pattern in build_patterns(names)
    )

    def found(self, user_agent: str) -> bool:
        return any(pattern.search(user_agent) for pattern in self.patterns)

    def test_every_known_agent_is_found_however_it_names_itself(self) -> None:
        for agent in own_agents().agents:
            name = agent.key
            assert self.found(f"Mozilla/5.0 (compatible; {name}/1.2; +https://a.example)"), name
            assert self.found(f"Mozilla/5.0 ({name})"), name
            if " " not in name:
                assert self.found(name) and self.found(f"{name}/2.0") and self.found(f"Mozilla/5.0 (X11) {name}/1"), (
                    name
                )

    @pytest.mark.parametrize("user_agent", FEDIVERSE)
    def test_no_fediverse_server_is_found(self, user_agent: str) -> None:
        assert not self.found(user_agent)

    @pytest.mark.parametrize(
        "user_agent",
        [
            "", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "xGPTBot/1.0", "GPTBotx",
            "a (some code here)", "b (Cursor edition)", "c/1 (+https://gptbot.example)", "d (GPTBot@a.example)",
            "GPTBot://x", "(" * 50 + "GPTBot" + ")" * 49, "e(GPTBot", "-GPTBot-", "f +GPTBot",
        ],
    )  # fmt: skip
    def test_nothing_is_found_that_the_door_would_not_find(self, user_agent: str) -> None:
        if self.found(user_agent):
            assert AgentTable(own_agents().agents).find(user_agent) is not None


async def test_the_files_are_written_when_something_changed_and_not_else(services: Services) -> None:
    folder = services.config.folder / "data" / "proxy"
    assert await services.proxy_files.refresh()
    maps = folder / "nginx-maps.conf"
    written = maps.stat().st_mtime_ns
    assert not await services.proxy_files.refresh()
    async with services.database.unit_of_work() as records:
        number = await records.hosts.number_for("a.scraper.example", services.clock.now())
    assert number == 1 and '"b" "1";' not in maps.read_text()
    await list_entry(services, EntryDraft("scraper.example", "feeds a model"))
    assert await services.proxy_files.refresh()
    assert '    "b" "1";' in maps.read_text()
    assert maps.stat().st_mtime_ns > written
    await list_entry(services, EntryDraft("elsewhere.example", "feeds a model"))
    assert not await services.proxy_files.refresh(), "nobody there was given anything"
    assert sorted(path.name for path in folder.iterdir()) == [
        "caddy-headers.conf", "nginx-headers.conf", "nginx-maps.conf",
    ]  # fmt: skip


async def test_a_folder_that_cannot_be_written_to_stops_nothing(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    (services.config.folder / "data" / "proxy").write_text("a file is in the way")
    assert not await services.proxy_files.refresh()
    assert not await services.proxy_files.refresh()
    assert caplog.text.count("cannot be written") == 1


@dataclass
class House:
    """A real instance on loopback with one picture, and its addresses."""

    services: Services
    port: int
    web: str
    given: str
    content: bytes


@asynccontextmanager
async def serving(services: Services, mara: Artist) -> AsyncIterator[House]:
    picture = PictureDraft(jpeg(), alt="a hill", name="hill.jpg")
    post = await publish_post(services, mara, PostDraft(text="a hill", pictures=(picture,)))
    async with services.database.unit_of_work() as records:
        number = await records.hosts.number_for("friend.example", services.clock.now())
        shown = (await records.attachments.find_for_posts([post.pk]))[post.pk][0].renditions["federated"]
    web, given = (
        f"/media/{services.capabilities.make(n, 'n', shown.hash)}/{shown.hash}.{shown.extension}" for n in (0, number)
    )
    content = await services.media.read("public", f"{shown.hash}.{shown.extension}")
    port = free_port()
    config = uvicorn.Config(
        build_app(services), port=port, lifespan="off", ws="none", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    await services.proxy_files.refresh()
    try:
        yield House(services, port, web, given, content)
    finally:
        server.should_exit = True
        await task


Start = Callable[[Path, Path, int], AbstractContextManager[int]]
SERVERS = [
    pytest.param(nginx, "nginx", marks=pytest.mark.skipif(NGINX is None, reason="nginx is not installed")),
    pytest.param(caddy, "caddy", marks=pytest.mark.skipif(CADDY is None, reason="caddy is not installed")),
]


async def ask(
    port: int, path: str, user_agent: str = "http.rb/5.1", method: str = "GET", **headers: str
) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        return await client.request(
            method, f"http://127.0.0.1:{port}{path}", headers={"user-agent": user_agent, **headers}
        )


@pytest.mark.parametrize(("start", "name"), SERVERS)
async def test_pictures_are_sent_by_the_web_server_and_refused_by_us(
    services: Services, mara: Artist, tmp_path: Path, start: Start, name: str
) -> None:
    work = tmp_path / name
    work.mkdir()
    async with serving(services, mara) as house:
        with start(work, tmp_path / "data", house.port) as port:
            own, theirs = await ask(house.port, house.given), await ask(port, house.given)
            assert (theirs.status_code, theirs.content) == (200, house.content)
            for header in (
                "content-type", "cache-control", "x-robots-tag", "content-usage", "tdm-reservation", "tdm-policy",
                "link", "x-content-type-options", "content-security-policy", "cross-origin-resource-policy",
                "cdn-cache-control",
            ):  # fmt: skip
                assert own.headers[header] == theirs.headers[header], header
            assert "cdn-cache-control" not in (await ask(port, house.web)).headers
            part = await ask(port, house.given, range="bytes=0-9")
            assert (part.status_code, part.content) == (206, house.content[:10])
            again = await ask(port, house.given, **{"if-none-match": theirs.headers["etag"]})
            assert (again.status_code, again.headers["x-robots-tag"]) == (304, "noai, noimageai")
            assert (await ask(port, house.given, method="HEAD")).headers["content-length"] == str(len(house.content))

            refused = await ask(port, house.web, TRAINER)
            assert (refused.status_code, "which is reserved here" in refused.text) == (403, True)
            assert (await ask(port, house.web, SEARCHER)).status_code == 200
            assert (await ask(port, house.web, PIXELFED)).status_code == 200
            for path in (
                house.given.replace("/media/nb", "/media/nc"), house.given.replace("/media/n", "/media/o"),
                house.given.replace(".jpg", ".svg"), "/media/check", "/media/../data/cara.sqlite3",
            ):  # fmt: skip
                assert (await ask(port, path)).status_code in (403, 404), path

            await list_entry(services, EntryDraft("friend.example", "feeds a model"))
            gone = await ask(port, house.given)
            assert (gone.status_code, "no longer given" in gone.text) == (410, True)
            assert gone.headers["x-robots-tag"] == "noai, noimageai"
            assert (await ask(port, house.web)).status_code == 200
        log = (work / "cara_fed-media.log").read_text()
        assert "127.0.0.1:" not in log.replace(f"127.0.0.1:{port}", "")
        assert "http.rb" not in log
        assert await read_log_file(services, work / "cara_fed-media.log") >= 7
        await services.ledger.flush()
        async with services.database.reading() as records:
            told = await records.evidence.find_fetches([house.web.split("/")[3].partition(".")[0]])
    counted = {(row.host_number, row.answer) for row in told}
    assert {(0, "served"), (0, "refused"), (1, "served"), (1, "revoked")} <= counted


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
async def test_nginx_sends_and_refuses_by_its_maps_while_we_are_stopped(
    services: Services, mara: Artist, tmp_path: Path
) -> None:
    work, data = tmp_path / "nginx", tmp_path / "data"
    work.mkdir()
    async with serving(services, mara) as house:
        with nginx(work, data, house.port, keeps_answers=True) as port:
            for path in (house.given, house.web):
                assert (await ask(port, path)).status_code == 200
            assert (await ask(port, house.web, TRAINER, signature="x")).status_code == 403
        await list_entry(services, EntryDraft("friend.example", "feeds a model"))
        await services.proxy_files.refresh()
    with nginx(work, data, house.port, keeps_answers=True) as port:  # as after a reload; nobody is behind it
        assert (await ask(port, house.web)).content == house.content
        gone = await ask(port, house.given)
        assert (gone.status_code, gone.headers["x-robots-tag"]) == (410, "noai, noimageai")
        assert (await ask(port, house.web, TRAINER)).status_code == 502
        assert (await ask(port, house.web, SEARCHER)).status_code == 200


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_reads_maps_of_many_hosts(tmp_path: Path) -> None:
    assert NGINX is not None
    hosts = "".join(f'    "{n:x}" "1";\n' for n in range(20_000))
    (tmp_path / "nginx.conf").write_text(
        f'pid {tmp_path}/pid; events {{}} http {{ map "$arg_a" $b {{ default "0"; {hosts} }} }}'
    )
    said = subprocess.run(
        [NGINX, "-t", "-e", f"{tmp_path}/error.log", "-p", str(tmp_path), "-c", f"{tmp_path}/nginx.conf"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
