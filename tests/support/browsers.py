"""A browser without a screen: it keeps cookies, fills in the token of the form it saw last, and follows nothing."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from cara_fed.asgi import App

PASSWORD = "four random words here"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """One person at one instance."""

    client: httpx.AsyncClient
    token: str = ""

    @classmethod
    def at(cls, app: App, base: str = "https://studio.example", address: str = "203.0.113.7") -> "Browser":
        transport = httpx.ASGITransport(app, client=(address, 4711))
        return cls(httpx.AsyncClient(transport=transport, base_url=base))

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Look at a page."""
        response = await self.client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        self._see(response)
        return response

    async def send(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form with the token that was seen last."""
        response = await self.client.post(path, data={"csrf_token": self.token, **(fields or {})}, **options)
        self._see(response)
        return response

    async def fill_in(self, path: str, fields: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Look at the page with the form, then send it."""
        await self.get(path)
        return await self.send(path.partition("?")[0], fields, **options)

    async def follow(self, response: httpx.Response) -> httpx.Response:
        """Go where an answer leads."""
        assert response.status_code in (301, 302, 303, 308), response.text
        return await self.get(response.headers["location"])

    async def log_in(self, name: str, password: str = PASSWORD) -> "Browser":
        response = await self.fill_in("/login", {"name": name, "password": password})
        assert response.status_code == 303, response.text
        await self.get("/")
        return self

    def _see(self, response: httpx.Response) -> None:
        if found := _TOKEN.search(response.text):
            self.token = found[1]
