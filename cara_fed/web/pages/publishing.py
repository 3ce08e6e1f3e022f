"""Publishing: pictures and words from a form, with or without JavaScript; at once, later, or kept as a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from cara_fed.errors import InvalidInput
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.publishing.drafts import PictureDraft, PostDraft, UploadedPicture
from cara_fed.publishing.hold_post import HeldForReview, hold_draft
from cara_fed.publishing.keep_draft import find_own_draft, save_draft, schedule_draft, unschedule_draft
from cara_fed.publishing.name_together import CreditRefused
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.receive_upload import receive_upload
from cara_fed.publishing.store_picture import PictureUnusable
from cara_fed.publishing.warn_of_matches import warn_of_matches
from cara_fed.recognition.matches import LooksLikeOthers
from cara_fed.translate.opt_outs import effective_opt_out
from cara_fed.translate.views import path_of_post
from cara_fed.web.credit_form import FIELD
from cara_fed.web.drafting import read_number, read_uploads
from cara_fed.web.forms import FormInvalid, FormReader, Upload, chosen_file
from cara_fed.web.house import services
from cara_fed.web.pages.drafts import find_path, kept_fields
from cara_fed.web.parts import FormView
from cara_fed.web.publish_form import FormPicture, PublishForm, read_publish_form
from cara_fed.web.schedule_form import Schedule, read_schedule
from cara_fed.web.showing import form_again, go, show, show_invalid
from cara_fed.web.signed_in import require_artist
from cara_fed.web.studio_views import PublishPage
from cara_fed.web.treating import is_slow, offered_cloaks, treat_as_said, treatment_in
from cara_fed.web.uploads import path_of, read_fields, read_files
from cara_fed.words.speech import _
from storage.artists import Artist
from storage.drafts import DUE, OPEN, PUBLISHED, Draft
from storage.uploads import READY

room = Blueprint("publishing", __name__)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A publish form as it came, and the draft that it is about."""

    artist: Artist
    fields: Mapping[str, str]
    files: Mapping[str, Upload]
    draft: Draft | None

    @property
    def act(self) -> str:
        """Which button: publish, keep or look."""
        return self.fields.get("act") or "publish"


@room.get("/publish")
async def show_publish() -> ResponseReturnValue:
    """The form: of the draft in the query, or of what was written last; empty with ``?new``."""
    artist = require_artist()
    draft = await _find_draft(artist)
    errors = {"text": draft.problem} if draft and draft.problem else {}
    return await show(await _build_page(artist, FormView(draft.fields if draft else {}, errors), draft))


@room.post("/publish")
async def publish() -> ResponseReturnValue:
    """Do what the form's button says with it."""
    artist, fields = require_artist(), await read_fields()
    pk = read_number(fields.get("draft", ""))
    draft = await find_own_draft(services(), artist, pk) if pk else None
    if draft and draft.state == PUBLISHED:  # sent twice
        return redirect(await find_path(artist, draft), 303)
    sent = _Sent(artist, fields, await read_files(), draft)
    try:
        if sent.act != "publish":
            return await _keep(sent)
        return await _publish(sent)
    except FormInvalid as invalid:
        return await show_invalid(await _build_page(artist, invalid.view, draft))


async def _keep(sent: _Sent) -> ResponseReturnValue:
    """Keep it as it stands, and come back to it or look at it."""
    try:
        pk, _refused = await _keep_files(sent)
    except InvalidInput as refusal:
        raise FormInvalid(form_again(sent.fields, text=str(refusal))) from refusal
    if sent.act == "look":
        return redirect(f"/drafts/{pk}/look", 303)
    return await go(f"/publish?draft={pk}", _("Kept. You will find it among your drafts."))


async def _publish(sent: _Sent) -> ResponseReturnValue:
    form = _read(sent.fields, sent.files)
    schedule = _read_schedule(sent.fields)
    try:
        if schedule or is_slow(sent.artist, form) or await _must_wait(sent, form):
            return await _send_later(sent, schedule)
        post = await publish_post(
            services(), sent.artist, _read_draft(form), draft_pk=sent.draft.pk if sent.draft else None
        )
    except HeldForReview as held:
        return await _hold(sent, str(held))
    except LooksLikeOthers as question:
        return await _ask(sent, question)
    except InvalidInput as refusal:
        raise FormInvalid(form_again(sent.fields, **{_field_of(refusal, form): str(refusal)})) from refusal
    return redirect(path_of_post(sent.artist, post), 303)


async def _ask(sent: _Sent, question: LooksLikeOthers) -> ResponseReturnValue:
    """Keep it, and ask whether it may go out although it looks like somebody else's."""
    pk, fields = await _keep_files(sent)
    draft = await find_own_draft(services(), sent.artist, pk)
    page = await _build_page(sent.artist, FormView(fields), draft)
    return await show_invalid(replace(page, matches=question.matches))


async def _hold(sent: _Sent, why: str) -> ResponseReturnValue:
    """Keep it for somebody of the house to look at, and explain that."""
    pk, fields = await _keep_files(sent)
    await hold_draft(services(), sent.artist, pk, _read_draft(_read(fields, {})), why)
    return redirect(f"/drafts/{pk}", 303)


async def _send_later(sent: _Sent, schedule: Schedule | None) -> ResponseReturnValue:
    """Let it go out by itself: at its time, or as soon as its pictures are prepared."""
    pk, fields = await _keep_files(sent)
    form, now = _read(fields, {}), Schedule(services().clock.now(), "UTC")
    at = schedule or now
    # What has its time goes out then: nobody is there to be asked, but the artist is told before.
    post = replace(_read_draft(form), accepts_matches=form.accepts_matches or schedule is not None)
    await schedule_draft(services(), sent.artist, pk, post, at.at, at.zone)
    if schedule:
        await warn_of_matches(services(), pk)
    return redirect(f"/drafts/{pk}", 303)


async def _keep_files(sent: _Sent) -> tuple[int, dict[str, str]]:
    """Keep the form and the files that came with it; the draft's number, and the form with their numbers in it."""
    artist, draft = sent.artist, sent.draft
    if draft and draft.state == DUE:
        await unschedule_draft(services(), artist, draft.pk)
    fields = kept_fields(sent.fields)
    pk = (await save_draft(services(), artist, draft.pk if draft else None, fields)).pk
    for name in sent.files:
        upload = chosen_file(sent.files, name)
        if upload is not None and name.startswith("picture-"):
            said = treatment_in(fields)
            row = await receive_upload(services(), artist, pk, path_of(upload), upload.filename or "", said)
            fields[name.replace("picture-", "upload-")] = str(row.pk)
    await save_draft(services(), artist, pk, fields)
    await treat_as_said(artist, fields)
    return pk, fields


def _read(fields: Mapping[str, str], files: Mapping[str, Upload]) -> PublishForm:
    return read_publish_form(fields, files, needs_alt=services().config.posts.require_alt_text)


def _read_schedule(fields: Mapping[str, str]) -> Schedule | None:
    reader = FormReader(fields)
    schedule = read_schedule(reader, services().clock.now())
    reader.finish()
    return schedule


async def _must_wait(sent: _Sent, form: PublishForm) -> bool:
    """Whether a picture that was sent before is still being worked on, or wanted otherwise than it was made."""
    artist, wanted = sent.artist, [picture.upload_pk for picture in form.pictures if picture.upload_pk]
    if await treat_as_said(artist, sent.fields):
        return True
    async with services().database.reading() as records:
        uploads = await records.uploads.find(wanted)
    return any(upload.state not in READY for upload in uploads.values() if upload.artist_pk == artist.pk)


def _read_draft(form: PublishForm) -> PostDraft:
    return PostDraft(
        text=form.text,
        pictures=tuple(replace(_read_picture(picture), cloak=picture.cloak or form.cloak) for picture in form.pictures),
        content_warning=form.content_warning,
        sensitive=form.sensitive,
        visibility=form.visibility,
        opt_out=form.opt_out,
        license=form.license,
        digital_source_type=form.digital_source_type,
        quote_policy=form.quote_policy,
        marks=form.marks,
        accepts_matches=form.accepts_matches,
        poll=form.poll,
        credits=form.credits,
    )


def _read_picture(picture: FormPicture) -> PictureDraft | UploadedPicture:
    focal_point, opt_out, upload = picture.focal_point, picture.opt_out, picture.upload
    if upload is None:
        return UploadedPicture(picture.upload_pk or 0, picture.alt, focal_point, opt_out=opt_out)
    return PictureDraft(path_of(upload), picture.alt, upload.filename or "", focal_point, opt_out=opt_out)


def _field_of(refusal: InvalidInput, form: PublishForm) -> str:
    """The field beside which a refusal stands."""
    if isinstance(refusal, PictureUnusable):
        return f"picture-{form.pictures[refusal.number - 1].place}"
    return FIELD if isinstance(refusal, CreditRefused) else "text"


async def _find_draft(artist: Artist) -> Draft | None:
    pk = read_number(request.args.get("draft", ""))
    if pk:
        return await find_own_draft(services(), artist, pk)
    if "new" in request.args:
        return None
    async with services().database.reading() as records:
        return next(iter(await records.drafts.find_of(artist.pk, (OPEN,), limit=1)), None)


async def _build_page(artist: Artist, form: FormView, draft: Draft | None) -> PublishPage:
    config = services().config
    async with services().database.reading() as records:
        uploads = await read_uploads(records, artist, draft.pk) if draft else ()
        others = await records.drafts.count_of(artist.pk) - (1 if draft else 0)
    return PublishPage(
        inherited=effective_opt_out(config.opt_out.default, artist),
        cloaks=offered_cloaks(config),
        inherited_cloak=Cloak(artist.cloak or config.protection.cloak),
        inherited_from="artist" if artist.opt_out else "instance",
        max_file_mib=config.protection.max_file_mib,
        form=form,
        draft_pk=draft.pk if draft else None,
        is_due=draft is not None and draft.state == DUE,
        uploads={str(upload.pk): upload for upload in uploads},
        other_drafts=others,
        needs_alt=config.posts.require_alt_text,
    )
