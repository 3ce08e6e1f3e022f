"""Proving who one is: passkeys, codes by an app, recovery codes, and links by mail."""

import re
from datetime import timedelta

import httpx
import pyotp

from tests.cara_fed.web.conftest import Open
from tests.support.authenticators import Device
from tests.support.browsers import PASSWORD, Browser
from tests.support.clocks import StoryTime

PATH = "/settings/login"
ORIGIN = "https://studio.example"


async def add_passkey(browser: Browser, device: Device, name: str = "my phone") -> httpx.Response:
    await browser.get(PATH)
    options = (await browser.send(f"{PATH}/passkeys/options", {"password": PASSWORD})).json()
    return await browser.send(f"{PATH}/passkeys", {"credential": device.make(options), "name": name})


async def show_passkey(browser: Browser, device: Device) -> httpx.Response:
    await browser.get("/login")
    options = (await browser.send("/login/passkey/options")).json()
    return await browser.send("/login/passkey", {"credential": device.show(options), "next": "/settings"})


async def set_app_up(browser: Browser, time: StoryTime) -> tuple[str, list[str]]:
    """The secret, and the recovery codes."""
    await browser.fill_in(PATH, {"password": PASSWORD})
    page = await browser.follow(await browser.send(f"{PATH}/app", {"password": PASSWORD}))
    secret = re.search(r"secret=([A-Z2-7]+)", page.text)
    assert secret and '<svg class="qr"' in page.text
    shown = await browser.send(f"{PATH}/app/confirm", {"code": pyotp.TOTP(secret[1]).at(time.now.timestamp())})
    assert shown.headers["cache-control"] == "no-store"
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", shown.text)
    assert len(codes) == 10
    return secret[1], codes


async def log_in(browser: Browser, name: str = "mara", password: str = PASSWORD) -> httpx.Response:
    return await browser.fill_in("/login", {"name": name, "password": password, "next": "/notifications"})


async def test_a_passkey_opens_the_account_and_nothing_after_it_is_removed(mara_there: Browser, browse: Open) -> None:
    device = Device(ORIGIN)
    assert "The passkey is kept." in (await mara_there.follow(await add_passkey(mara_there, device))).text
    elsewhere = browse()
    assert (await show_passkey(elsewhere, device)).headers["location"] == "/settings"
    assert (await elsewhere.get("/settings")).status_code == 200
    page = await mara_there.get(PATH)
    assert "my phone" in page.text
    number = re.search(r'name="passkey" value="(\d+)"', page.text)
    assert number
    await mara_there.send(f"{PATH}/passkeys/remove", {"passkey": number[1]})
    assert (await show_passkey(browse(), device)).status_code == 403


async def test_what_proves_nothing_opens_nothing(mara_there: Browser, browse: Open) -> None:
    device = Device(ORIGIN)
    await add_passkey(mara_there, device)
    for forged in (
        Device("https://forged.example", device.key, device.id, 5),  # another site passes the answer on
        Device(ORIGIN, id=device.id, counts=5),  # another key
        Device(ORIGIN, device.key, counts=5),  # a credential that nobody has here
        Device(ORIGIN, device.key, device.id, 5, flags=0x01),  # whoever holds the device, unproved
    ):
        assert (await show_passkey(browse(), forged)).status_code == 403
    browser = browse()
    await browser.get("/login")
    options = (await browser.send("/login/passkey/options")).json()
    answer = device.show(options)
    assert (await browser.send("/login/passkey", {"credential": answer})).status_code == 303
    again = browse()
    await again.get("/login")
    assert (await again.send("/login/passkey", {"credential": answer})).status_code == 403
    device.counts = 0  # a copy of the device
    assert (await show_passkey(browse(), device)).status_code == 403
    for nonsense in ("", "{}", "[" * 9000, '{"id":"a","response":{"clientDataJSON":"!"}}'):
        assert (await again.send("/login/passkey", {"credential": nonsense})).status_code == 403


async def test_a_passkey_is_added_by_who_knows_the_password_to_their_own_account(
    mara_there: Browser, theo_there: Browser
) -> None:
    await mara_there.get(PATH)
    refused = await mara_there.send(f"{PATH}/passkeys/options", {"password": "wrong"})
    assert (refused.status_code, refused.json()["error"]) == (403, "This is not your password.")
    options = (await mara_there.send(f"{PATH}/passkeys/options", {"password": PASSWORD})).json()
    await theo_there.get(PATH)
    stolen = await theo_there.send(f"{PATH}/passkeys", {"credential": Device(ORIGIN).make(options)})
    assert stolen.status_code == 422
    device = Device(ORIGIN)
    await add_passkey(mara_there, device)
    assert "here already" in (await add_passkey(theo_there, device)).text


async def test_a_code_is_asked_for_after_the_password(mara_there: Browser, browse: Open, time: StoryTime) -> None:
    secret, recovery = await set_app_up(mara_there, time)
    browser, app = browse(), pyotp.TOTP(secret)
    assert (await log_in(browser)).headers["location"] == "/login/code"
    assert (await browser.get("/settings")).status_code == 303  # not in yet
    await browser.get("/login/code")
    used = app.at(time.now.timestamp())
    assert (await browser.send("/login/code", {"code": used})).status_code == 403  # it confirmed the app
    time.now += timedelta(seconds=30)
    code = app.at(time.now.timestamp())
    assert (await browser.send("/login/code", {"code": f"{code[:3]} {code[3:]}"})).headers[
        "location"
    ] == "/notifications"
    assert (await browser.get("/settings")).status_code == 200
    other = browse()
    await log_in(other)
    await other.get("/login/code")
    assert (await other.send("/login/code", {"code": code})).status_code == 403
    lost = recovery[0].upper().replace("-", " ")
    assert (await other.send("/login/code", {"code": lost})).status_code == 303
    third = browse()
    await log_in(third)
    await third.get("/login/code")
    assert (await third.send("/login/code", {"code": recovery[0]})).status_code == 403
    assert "You have 9 recovery codes left." in (await mara_there.get(PATH)).text


async def test_codes_are_not_guessed_nor_asked_for_without_the_password(
    mara_there: Browser, browse: Open, time: StoryTime
) -> None:
    await set_app_up(mara_there, time)
    time.now += timedelta(minutes=20)
    browser = browse()
    assert (await browser.get("/login/code")).headers["location"] == "/login"
    await log_in(browser)
    await browser.get("/login/code")
    statuses = [(await browser.send("/login/code", {"code": f"{n:06}"})).status_code for n in range(12)]
    assert statuses[:10] == [403] * 10 and statuses[-1] == 429
    time.now += timedelta(minutes=11)
    assert (await browser.send("/login/code", {"code": "123456"})).headers["location"] == "/login"


async def test_the_second_step_is_taken_away_by_who_knows_the_password(
    mara_there: Browser, browse: Open, time: StoryTime
) -> None:
    _, old = await set_app_up(mara_there, time)
    await mara_there.get(PATH)
    assert (await mara_there.send(f"{PATH}/codes", {"password": "wrong"})).status_code == 422
    renewed = await mara_there.send(f"{PATH}/codes", {"password": PASSWORD})
    assert old[0] not in renewed.text and renewed.text.count("<code>") == 10
    await mara_there.send(f"{PATH}/app/remove", {"password": "wrong"})
    browser = browse()
    assert (await log_in(browser)).headers["location"] == "/login/code"
    await mara_there.send(f"{PATH}/app/remove", {"password": PASSWORD})
    assert (await log_in(browse())).headers["location"] == "/notifications"


async def test_a_link_for_a_new_password_does_not_replace_the_code(
    mara_there: Browser, ada_there: Browser, browse: Open, time: StoryTime
) -> None:
    await set_app_up(mara_there, time)
    await ada_there.get("/admin/members")
    made = await ada_there.send("/admin/members/reset", {"name": "mara"})
    token = re.search(r"/password/reset\?token=([A-Za-z0-9_-]+)", made.text)
    assert token
    browser = browse()
    await browser.get(f"/password/reset?token={token[1]}")
    done = await browser.send("/password/reset", {"token": token[1], "password": "another good one"})
    assert done.headers["location"] == "/login"
    assert (await log_in(browser, password="another good one")).headers["location"] == "/login/code"


async def test_without_a_mail_server_nothing_pretends_to_write(mara_there: Browser, visitor: Browser) -> None:
    assert (await visitor.get("/password/forgotten")).status_code == 404
    assert "/password/forgotten" not in (await visitor.get("/login")).text
    await mara_there.get(PATH)
    refused = await mara_there.send(f"{PATH}/mail", {"mail": "mara@mail.example", "password": PASSWORD})
    assert "no mail server" in refused.text


async def test_a_passkey_is_asked_for_after_the_password(mara_there: Browser, browse: Open) -> None:
    await mara_there.get(PATH)
    assert "Add a passkey first." in (await mara_there.send(f"{PATH}/passkeys/ask", {"password": PASSWORD})).text
    device = Device(ORIGIN)
    await add_passkey(mara_there, device)
    shown = await mara_there.send(f"{PATH}/passkeys/ask", {"password": PASSWORD})
    recovery = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", shown.text)
    assert len(recovery) == 10
    browser = browse()
    assert (await log_in(browser)).headers["location"] == "/login/code"
    assert 'data-passkey="get"' in (await browser.get("/login/code")).text
    assert (await browser.send("/login/code", {"code": "000000"})).status_code == 403
    assert (await show_passkey(browser, device)).headers["location"] == "/settings"
    lost = browse()
    await log_in(lost)
    await lost.get("/login/code")
    assert (await lost.send("/login/code", {"code": recovery[3]})).status_code == 303
