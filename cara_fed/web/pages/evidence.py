"""Where a post and its pictures went, for its artist to read, and to take along as a signed file."""

import json
from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import Final

from quart import Blueprint, Response, flash
from quart.typing import ResponseReturnValue

from cara_fed.evidence.collecting import Fetch, PostEvidence, Sending, ShownPicture, Visit, collect_evidence
from cara_fed.evidence.files import make_evidence_file
from cara_fed.evidence.ledger import Came
from cara_fed.translate.posts import PostRows
from cara_fed.web.evidence_views import CameFor, FetchedPicture, PostEvidencePage, WasSent, WentTo
from cara_fed.web.house import house, services
from cara_fed.web.pages.editing import find_own
from cara_fed.web.showing import show
from cara_fed.web.uploads import read_fields
from storage.deliveries import SENT

HTML: Final = "html"
SHOWN: Final = 200
"""So many servers have room in each list; all of them stand in the file."""

room = Blueprint("evidence", __name__)


@room.get("/@<name>/<pk:pk>/evidence")
async def show_evidence(name: str, pk: int) -> ResponseReturnValue:
    """Servers that got it, who came for it, who was refused. For everybody but the artist there is nothing here."""
    rows = await find_own(name, pk)
    return await show(_build_page(rows, await collect_evidence(services(), rows)))


@room.post("/@<name>/<pk:pk>/evidence")
async def export_evidence(name: str, pk: int) -> ResponseReturnValue:
    """The signed file; why it bears no timestamp is told on the next page."""
    rows, fields = await find_own(name, pk), await read_fields()
    file = await make_evidence_file(services(), rows)
    if file.warning:
        await flash(file.warning, "warning")
    ending, content = (HTML, file.as_html) if fields.get("format") == HTML else ("json", file.as_json)
    media_type = "text/html; charset=utf-8" if ending == HTML else "application/json"
    headers = {"content-disposition": f'attachment; filename="{file.name}.{ending}"', "cache-control": "no-store"}
    return Response(content, content_type=media_type, headers=headers)


def _build_page(rows: PostRows, evidence: PostEvidence) -> PostEvidencePage:
    config = services().config.evidence
    fetches = [fetch for shown in evidence.pictures for fetch in shown.fetches]
    received = {each.host for sending in evidence.sendings for each in sending.to if each.state == SENT}
    refused = {visit.host for visit in evidence.visits if visit.entry_key}
    return PostEvidencePage(
        post=house().gallery.post(rows),
        received=len(received),
        fetched=len({fetch.host for fetch in fetches if fetch.answer == Came.SERVED and fetch.host}),
        refused=len(refused | {fetch.host for fetch in fetches if fetch.answer == Came.REVOKED}),
        sent=tuple(_view_sending(sending) for sending in reversed(evidence.sendings)),
        pictures=(*_view_pictures(rows, evidence.pictures), *_view_earlier(evidence.earlier)),
        visits=tuple(_view_visit(visit) for visit in evidence.visits[-SHOWN:]),
        keep_days=config.keep_days,
        is_dated=bool(config.timestamp_server),
    )


def _view_sending(sending: Sending) -> WasSent:
    policies = tuple(dict.fromkeys(policy for _, policy in sending.pictures))
    terms = json.dumps(sending.terms, ensure_ascii=False, indent=2) if sending.terms else ""
    to = sorted(sending.to, key=lambda each: (each.state == SENT, each.host))
    gone = tuple(WentTo(each.host, each.state, each.at, each.reason) for each in to[:SHOWN])
    return WasSent(sending.kind, sending.at, policies, terms, gone, len(to) - len(gone))


def _view_pictures(rows: PostRows, pictures: Iterable[ShownPicture]) -> Iterable[FetchedPicture]:
    shown = house().gallery.post(rows).pictures
    for number, (each, view) in enumerate(zip(pictures, shown, strict=False), 1):
        attachment = each.picture.attachment
        original = attachment.original_hash or ""
        yield FetchedPicture(number, attachment.alt, view.sources[0].url, original, _view_fetches(each.fetches))


def _view_earlier(fetches: Iterable[Fetch]) -> Iterable[FetchedPicture]:
    if earlier := _view_fetches(fetches):
        yield FetchedPicture(0, "", "", "", earlier)


def _view_fetches(fetches: Iterable[Fetch]) -> tuple[CameFor, ...]:
    """Who came, however large the file was that they took."""
    together: defaultdict[tuple[str, str, str], list[Fetch]] = defaultdict(list)
    for fetch in fetches:
        together[fetch.host, fetch.agent, fetch.answer].append(fetch)
    return tuple(
        CameFor(
            *who,
            count=sum(each.count for each in of),
            first_at=min(each.first_at for each in of),
            last_at=max(each.last_at for each in of),
        )
        for who, of in islice(together.items(), SHOWN)
    )


def _view_visit(visit: Visit) -> CameFor:
    answer = "refused" if visit.entry_key else "served"
    said = f"{visit.entry_key}: {visit.reason}" if visit.entry_key else ""
    return CameFor(visit.host, "", answer, visit.count, visit.first_at, visit.last_at, said)
