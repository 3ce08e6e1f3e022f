"""`/datasets`, `/labels` and `/blocklists/ai-scrapers.…`: our own blocklist, for other servers to read."""

import re
from datetime import datetime
from hashlib import sha256
from typing import Final

from activitypub.documents import Json, dump_document
from activitypub.http_dates import format_http_date, read_http_date
from activitypub.identifiers import Site
from cara_fed.asgi import Answer, Header, Receive, Scope, Send, header
from cara_fed.blocklist.dataset import Dataset, build_dataset, build_datasets, build_label, build_labels
from cara_fed.blocklist.publish import (
    Export,
    export_entries,
    export_retractions,
    open_dataset,
    read_change,
    read_changes,
    read_page,
    read_snapshot,
)
from cara_fed.endpoints.answers import answer_error
from cara_fed.endpoints.calls import Call
from cara_fed.services import Services

PREFIXES: Final = ("/datasets", "/labels", "/blocklists/ai-scrapers.", "/blocklists/ai-scrapers-retractions.")

_CACHED: Final[Header] = (b"cache-control", b"public, max-age=60, must-revalidate")
_ANY_ORIGIN: Final[Header] = (b"access-control-allow-origin", b"*")
_VARY: Final[Header] = (b"vary", b"Accept")
_DATASET: Final = re.compile(r"/datasets/([0-9A-Fa-f-]{36})(?:/(snapshot|changes)(?:/([0-9A-Fa-f-]{36}))?)?")
_LABEL: Final = re.compile(r"/labels/([0-9A-Fa-f-]{36})")
_FILES: Final = {
    "/blocklists/ai-scrapers.csv": ("mastodon-csv", b"text/csv; charset=utf-8"),
    "/blocklists/ai-scrapers.json": ("gotosocial-json", b"application/json; charset=utf-8"),
    "/blocklists/ai-scrapers.txt": ("text", b"text/plain; charset=utf-8"),
}
_RETRACTIONS: Final = "/blocklists/ai-scrapers-retractions.csv"


class Blocklists:
    """Serves what was listed here by hand, where ``blocklist.publish`` is on; nothing of other people's lists."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._site: Site = services.site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        answer = await self._answer(Call(scope, receive, self._site))
        await answer.send(send, head_only=scope["method"] == "HEAD" or answer.status == 304)

    async def _answer(self, call: Call) -> Answer:
        if not self._services.config.blocklist.publish:
            return answer_error(404, "this instance publishes no blocklist")
        if call.scope["method"] not in ("GET", "HEAD"):
            return answer_error(405, "a list is only for reading", (b"allow", b"GET, HEAD"))
        path = call.scope["path"]
        if path.startswith("/blocklists/"):
            return await self._answer_file(call, path)
        document = await self._read(call, path)
        return answer_error(404, "there is nothing here") if document is None else _answer_document(call, document)

    async def _answer_file(self, call: Call, path: str) -> Answer:
        if path == _RETRACTIONS:
            return _answer_export(call, await export_retractions(self._services), b"text/csv; charset=utf-8")
        if path not in _FILES:
            return answer_error(404, "the list comes as .csv, .json and .txt")
        format, media_type = _FILES[path]
        return _answer_export(call, await export_entries(self._services, format), media_type)

    async def _read(self, call: Call, path: str) -> Json | None:
        dataset = await open_dataset(self._services)
        if path == "/datasets":
            return build_datasets(dataset)
        if path == "/labels":
            return build_labels(dataset)
        if (match := _LABEL.fullmatch(path)) is not None:
            label = dataset.find_label(match[1])
            return None if label is None else build_label(dataset, label)
        match = _DATASET.fullmatch(path)
        if match is None or match[1].lower() != dataset.uuid:
            return None
        return await self._read_part(call, dataset, match[2], match[3])

    async def _read_part(self, call: Call, dataset: Dataset, part: str | None, uuid: str | None) -> Json | None:
        match part, uuid:
            case None, None:
                return build_dataset(dataset)
            case "snapshot", None:
                return await read_snapshot(self._services, dataset)
            case "changes", None:
                since = call.query.get("since")
                if since is None:
                    return await read_changes(self._services, dataset)
                return await read_page(self._services, dataset, since)
            case "changes", str(uuid):
                return await read_change(self._services, dataset, uuid)
        return None


def _answer_document(call: Call, document: Json) -> Answer:
    plain = "application/json" in (accept := call.header(b"accept")) and "ld+json" not in accept
    media_type = b"application/json" if plain else b"application/ld+json"
    return _answer_conditionally(call, dump_document(document), media_type, None, _VARY)


def _answer_export(call: Call, export: Export, media_type: bytes) -> Answer:
    return _answer_conditionally(call, export.body, media_type, export.changed_at)


def _answer_conditionally(
    call: Call, body: bytes, media_type: bytes, changed_at: datetime | None, *more: Header
) -> Answer:
    """200 with validators, or 304 where the one who asks has the same already (RFC 9110, section 13)."""
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    dated = ((b"last-modified", format_http_date(changed_at).encode()),) if changed_at else ()
    headers = ((b"etag", etag.encode()), *dated, _CACHED, _ANY_ORIGIN, *more)
    if _has_it(call, etag, changed_at):
        return Answer(304, b"", headers)
    return Answer(200, body, ((b"content-type", media_type), *headers))


def _has_it(call: Call, etag: str, changed_at: datetime | None) -> bool:
    if header(call.scope, b"if-none-match") is not None:
        stated = (each.strip().removeprefix("W/") for each in call.header(b"if-none-match").split(","))
        return any(each in (etag, "*") for each in stated)
    since = read_http_date(call.header(b"if-modified-since"))
    return since is not None and changed_at is not None and changed_at.replace(microsecond=0) <= since
