"""Every form: refused without its token, with another's, and from elsewhere; bodies bounded before they are read."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from quart import Quart

from cara_fed.app import build_app
from cara_fed.asgi import App, Message, Scope
from cara_fed.services import Services, open_services
from cara_fed.web.app import FREE_FOR_VISITORS, TAKES_FILES, PostNumber, build_quart
from cara_fed.web.house import House
from cara_fed.web.pages import ROOMS
from cara_fed.web.uploads import FORM_BYTES
from storage.artists import Artist
from tests.cara_fed.web.conftest import Open
from tests.support.browsers import Browser
from tests.support.instances import DATABASE, build_config, jpeg
from tests.support.network import Network

Artists = dict[str, Artist]
PLACES = {"name": "mara", "pk": "1", "upload_pk": "1", "file_pk": "1"}
# <name>, <pk:pk>, <any(follow, unfollow):what>
PART = re.compile(r"<(?:\w+(?:\((?P<first>\w+)[^)]*\))?:)?(?P<name>\w+)>")


def find_forms() -> list[str]:
    """Where every form of every room is sent to, with something in the variable parts."""
    app = Quart("rooms")
    app.url_map.converters["pk"] = PostNumber
    for room in ROOMS:
        app.register_blueprint(room)
    paths = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    return sorted(PART.sub(_fill_in, path) for path in paths)


def _fill_in(part: re.Match[str]) -> str:
    return part["first"] or PLACES.get(part["name"], "x")


FORMS = find_forms()


def test_the_forms_are_found() -> None:
    assert {"/login", "/publish", "/@mara/1/delete", "/settings", "/admin/members/invite"} <= set(FORMS)


@pytest.mark.parametrize("fields", [{}, {"csrf_token": ""}, {"csrf_token": "AAAA"}, {"csrf_token": "ü"}])
async def test_a_form_without_its_token_does_nothing(ada_there: Browser, fields: dict[str, str]) -> None:
    for path in FORMS:
        refused = await ada_there.client.post(path, data=fields)
        assert refused.status_code == 400, path
        assert "This form has grown old" in refused.text, path


@pytest.mark.parametrize("path", ["/settings", "/publish", "/admin/members/invite"])
async def test_a_token_is_good_in_one_browser_alone(
    ada_there: Browser, mara_there: Browser, browse: Open, path: str
) -> None:
    await mara_there.get("/settings")
    elsewhere = await browse().log_in("ada")
    await elsewhere.get("/settings")
    for stolen in (mara_there.token, elsewhere.token):
        ada_there.token = stolen
        assert (await ada_there.send(path)).status_code == 400


async def test_a_visitors_token_ends_with_signing_in(visitor: Browser, artists: Artists) -> None:
    await visitor.get("/login")
    before = visitor.token
    await visitor.log_in("mara")
    visitor.token = before
    assert (await visitor.send("/settings/opt-out")).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_what_another_site_sends_is_refused_even_with_a_token(
    ada_there: Browser, headers: dict[str, str]
) -> None:
    await ada_there.get("/settings")
    refused = await ada_there.send("/settings/opt-out", {"opt_out": "allow"}, headers=headers)
    assert refused.status_code == 400
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "https://studio.example"}
    assert (await ada_there.send("/settings/opt-out", {"opt_out": "no-ai"}, headers=own)).status_code == 303


async def test_what_is_for_admins_is_refused_to_others(visitor: Browser, mara_there: Browser) -> None:
    await mara_there.get("/settings")
    await visitor.get("/login")
    for path in FORMS:
        if not path.startswith("/admin"):
            continue
        refused = await mara_there.send(path, {"entry": "scraper.example", "reason": "x", "name": "ada"})
        assert refused.status_code == 403, path
        assert "This door is closed to you" in refused.text, path
        assert (await visitor.send(path)).status_code == 401, path


async def test_admins_rooms_are_shown_to_admins_alone(
    visitor: Browser, mara_there: Browser, ada_there: Browser
) -> None:
    for path in ("/admin/blocklist", "/admin/deliveries", "/admin/members"):
        assert (await visitor.get(path)).headers["location"].startswith("/login?next=%2Fadmin%2F")
        assert (await mara_there.get(path)).status_code == 403
        assert (await ada_there.get(path)).status_code == 200
    assert 'href="/admin"' not in (await mara_there.get("/")).text
    assert 'href="/admin"' in (await ada_there.get("/")).text


async def test_a_form_without_files_is_short(visitor: Browser, artists: Artists) -> None:
    fields = {"name": "mara", "password": "x" * (FORM_BYTES + 1)}
    refused = await visitor.fill_in("/login", fields)
    assert refused.status_code == 413
    assert "That is too large" in refused.text


async def test_nobody_uploads_without_being_signed_in(app: App) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(400):
            sent += 65536
            yield b"x" * 65536

    refused = await _post(app, "/publish", body())
    assert refused.status_code == 401
    assert sent <= 4 * FORM_BYTES


async def test_a_body_is_counted_whether_or_not_it_tells_its_length(
    peopled_database: Path, tmp_path_factory: pytest.TempPathFactory, network: Network
) -> None:
    folder = tmp_path_factory.mktemp("small")
    (folder / "data").mkdir()
    shutil.copy(peopled_database, folder / "data" / DATABASE)
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    async with open_services(build_config(folder, server={"max_upload_mib": 8}), transport=network) as services:
        browser = Browser.at(build_app(services))
        async with browser.client:
            await (await browser.log_in("mara")).get("/publish")

            async def endless() -> AsyncIterator[bytes]:
                yield _multipart(browser.token, b"x" * 1024)
                for _ in range(9):
                    yield b"y" * 2**20

            refused = await browser.client.post("/publish", content=endless(), headers=headers)
            assert refused.status_code == 413
            known = await browser.client.post("/publish", content=b"y" * (8 * 2**20 + 1), headers=headers)
            assert known.status_code == 413


async def test_a_large_picture_is_taken_however_it_comes(mara_there: Browser) -> None:
    await mara_there.get("/publish")
    picture = jpeg(2000, 1500) + b"\0" * (30 * 2**20)
    files = {"picture-0": ("large.jpg", picture, "image/jpeg")}
    answer = await mara_there.send("/publish", {"alt-0": "large"}, files=files)
    assert answer.status_code == 303


@pytest.mark.parametrize(("more", "published"), [(True, 0), (False, 1)])
async def test_who_hangs_up_before_all_was_sent_publishes_nothing(
    app: App, mara_there: Browser, services: Services, more: bool, published: int
) -> None:
    await mara_there.get("/publish")
    cookie = "; ".join(f"{name}={value}" for name, value in mara_there.client.cookies.items())
    messages = asyncio.Queue[Message]()
    part = _multipart(mara_there.token, jpeg()) + (b"" if more else b"\r\n--edge--\r\n")
    await messages.put({"type": "http.request", "body": part, "more_body": more})
    await messages.put({"type": "http.disconnect"})
    answered: list[Message] = []

    async def send(message: Message) -> None:
        answered.append(message)

    headers = [(b"cookie", cookie.encode()), (b"content-type", b"multipart/form-data; boundary=edge")]
    await app(_scope("/publish", headers), messages.get, send)
    async with services.database.reading() as records:
        assert await records.posts.count_local() == published


def test_what_is_named_in_the_rules_exists(services: Services) -> None:
    quart = build_quart(House.of(services))
    assert set(quart.view_functions) >= TAKES_FILES | FREE_FOR_VISITORS


def _multipart(token: str, picture: bytes) -> bytes:
    return (
        b'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        + token.encode()
        + b'\r\n--edge\r\nContent-Disposition: form-data; name="picture-0"; filename="a.jpg"\r\n\r\n'
        + picture
    )


async def _post(app: App, path: str, body: AsyncIterator[bytes]) -> httpx.Response:
    headers = {"content-type": "multipart/form-data; boundary=edge"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://studio.example") as client:
        return await client.post(path, content=body, headers=headers)


def _scope(path: str, headers: list[tuple[bytes, bytes]]) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"studio.example"), *headers],
        "client": ("203.0.113.7", 4711),
        "server": ("studio.example", 443),
    }


async def test_a_cookie_over_plain_http_is_not_called_secure(
    network: Network, tmp_path_factory: pytest.TempPathFactory
) -> None:

    config = build_config(tmp_path_factory.mktemp("http"), instance={"domain": "localhost:8080", "scheme": "http"})
    async with open_services(config, transport=network) as services:
        browser = Browser.at(build_app(services), "http://localhost:8080")
        async with browser.client:
            cookie = (await browser.get("/login")).headers["set-cookie"]
    assert cookie.startswith("cara_fed=")
    assert "Secure" not in cookie
    assert re.search("HttpOnly.*SameSite=Lax", cookie)
