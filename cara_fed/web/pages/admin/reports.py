"""Reports: the evidence at hand, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import replace

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from activitypub.identifiers import read_pk
from activitypub.origins import netloc_of
from cara_fed.accounts.create_artist import Role
from cara_fed.errors import InvalidInput, NotAllowed
from cara_fed.moderation.reports import FORWARDED, Act, Case, act_on_report, find_case
from cara_fed.moderation.suspensions import answer_suspension_appeal
from cara_fed.web.entries import find_bylines, read_entries
from cara_fed.web.errors import NothingHere
from cara_fed.web.house import services
from cara_fed.web.moderation_views import CasePage, NoteView, ReportLine, ReportsPage, SuspensionAppealView
from cara_fed.web.parts import Byline, FormView
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_role
from cara_fed.web.uploads import read_fields
from cara_fed.web.walls import read_before
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.records import Records
from storage.reports import DISMISSED, OPEN, RESOLVED, Report

PATH = "/admin/reports"
LENGTH = 50

room = Blueprint("reports", __name__)


@room.get(PATH)
async def show_reports() -> ResponseReturnValue:
    """Those that wait; with ``?state=`` those that were closed."""
    _require_staff()
    return await show(await _build_list(FormView()))


@room.post(f"{PATH}/appeal")
async def answer_appeal() -> ResponseReturnValue:
    """Answer a suspended artist."""
    moderator, fields = _require_staff(), await read_fields()
    pk, grant = read_pk(fields.get("appeal", "")) or 0, fields.get("decision") == "grant"
    try:
        await answer_suspension_appeal(
            services(), pk, grant=grant, answer=fields.get("answer", ""), moderator=moderator
        )
    except InvalidInput as refusal:
        return await show_invalid(await _build_list(form_again(fields, answer=str(refusal))))
    return await go(
        PATH, _("The suspension is taken back.") if grant else _("The suspension stays, and the artist reads why.")
    )


@room.get(f"{PATH}/<pk:pk>")
async def show_case(pk: int) -> ResponseReturnValue:
    """One report with its evidence."""
    return await show(await _build_case(_require_staff(), pk))


@room.post(f"{PATH}/<pk:pk>")
async def act(pk: int) -> ResponseReturnValue:
    """Do something about it."""
    moderator, fields = _require_staff(), await read_fields()
    try:
        what = Act(fields.get("act", ""))
        await act_on_report(services(), pk, what, fields.get("words", ""), moderator)
    except (InvalidInput, NotAllowed) as refusal:
        page = await _build_case(moderator, pk)
        return await show_invalid(replace(page, form=form_again(fields, words=str(refusal))))
    except ValueError:
        raise NothingHere from None
    return await go(f"{PATH}/{pk}", _("Done, and written down."))


async def _build_list(form: FormView) -> ReportsPage:
    state, before = request.args.get("state", OPEN), read_before()
    if state not in (OPEN, RESOLVED, DISMISSED):
        raise NothingHere
    async with services().database.reading() as records:
        rows = await records.reports.find_page(state, before=before, limit=LENGTH + 1)
        lines = await _read_lines(records, rows[:LENGTH])
        appeals = await _read_appeals(records) if state == OPEN else ()
    older = f"{PATH}?state={state}&before={rows[LENGTH - 1].pk}" if len(rows) > LENGTH else None
    return ReportsPage(lines, state, older, appeals, form)


async def _build_case(moderator: Artist, pk: int) -> CasePage:
    async with services().database.reading() as records:
        case = await find_case(records, services(), pk)
        entries = await read_entries(records, moderator, case.posts)
        notes = await records.report_notes.find_all(pk)
        about = [row for row in await records.reports.find_about(case.actor_id) if row.pk != pk]
        line, *others = await _read_lines(records, [case.report, *about], case.actor_id)
    present = {post.object_id for post in case.posts} | {case.actor_id}
    return CasePage(
        report=line,
        entries=tuple(entries[post.pk] for post in case.posts if post.pk in entries),
        missing=tuple(id for id in case.report.target_ids if id not in present),
        notes=tuple(NoteView(note.author, note.action, note.content, note.created_at) for note in notes),
        others=tuple(others),
        is_ours=case.is_ours,
        is_suspended=case.artist is not None and case.artist.suspended_at is not None,
        was_forwarded=any(note.action == FORWARDED for note in notes),
        server="" if case.is_ours else _server(case),
    )


async def _read_lines(records: Records, rows: Sequence[Report], actor_id: str = "") -> tuple[ReportLine, ...]:
    about = {row.pk: actor_id or row.target_ids[0] for row in rows}
    people = await find_bylines(records, {*about.values(), *(row.reporter_actor_id for row in rows)})
    return tuple(_line(row, about[row.pk], people) for row in rows)


def _line(row: Report, about: str, people: dict[str, Byline]) -> ReportLine:
    return ReportLine(
        pk=row.pk,
        about=people.get(about),
        about_id=about,
        reporter=people.get(row.reporter_actor_id),
        reporter_id=row.reporter_actor_id,
        words=row.content,
        state=row.state,
        at=row.created_at,
    )


async def _read_appeals(records: Records) -> tuple[SuspensionAppealView, ...]:
    rows = await records.suspension_appeals.find_open()
    artists = await records.artists.find_by_pks([row.artist_pk for row in rows])
    people = await find_bylines(records, {services().site.actor(artist.name) for artist in artists.values()})
    return tuple(
        SuspensionAppealView(row.pk, people[actor_id], artist.suspension_reason, row.content, row.created_at)
        for row in rows
        if (artist := artists.get(row.artist_pk)) and (actor_id := services().site.actor(artist.name)) in people
    )


def _server(case: Case) -> str:
    return netloc_of(case.actor_id)


def _require_staff() -> Artist:
    return require_role(Role.ADMIN, Role.MODERATOR)
