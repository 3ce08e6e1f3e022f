"""What a publish form says of how its pictures are treated, brought to those that were sent before."""

from collections.abc import Mapping, Sequence

from cara_fed.config import Config
from cara_fed.protection.cloak.levels import Cloak, expected_seconds
from cara_fed.publishing.treatments import Treatment, load_treatment, treat_uploads
from cara_fed.web.forms import FormReader
from cara_fed.web.house import services
from cara_fed.web.publish_form import PublishForm, read_draft_fields
from storage.artists import Artist
from storage.uploads import Upload

QUICK_SECONDS = 5
"""What takes longer is not waited for with the browser hanging: the draft goes out when it is done."""


async def treat_as_said(artist: Artist, fields: Mapping[str, str]) -> bool:
    """Let the pictures of a draft be treated as its form says; whether any is prepared anew."""
    form = read_draft_fields(FormReader(fields))
    said = {one.upload_pk: Treatment(one.cloak or form.cloak, form.marks) for one in form.pictures if one.upload_pk}
    return await treat_uploads(services(), artist, said) if said else False


def treatment_in(fields: Mapping[str, str]) -> Treatment:
    """What a form says of a picture that comes now."""
    form = read_draft_fields(FormReader(fields))
    return Treatment(form.cloak, form.marks)


def is_slow(artist: Artist, form: PublishForm) -> bool:
    """Whether a picture that came with the form takes long; what cannot be made here is refused at once."""
    fresh = {picture.cloak or form.cloak for picture in form.pictures if picture.upload}
    offered = offered_cloaks(services().config)
    return any(_effective(artist, cloak) in offered and _seconds(artist, cloak) > QUICK_SECONDS for cloak in fresh)


def foresee(artist: Artist, queue: Sequence[Upload]) -> dict[int, int]:
    """In how many seconds each of these is done, in the order of their turns: those before it share the workers."""
    workers, before, foreseen = services().config.protection.workers, 0.0, {}
    for upload in queue:
        each = _seconds(artist, load_treatment(upload.wanted).cloak)
        foreseen[upload.pk] = round(before / workers + each)
        before += each
    return foreseen


def _seconds(artist: Artist, cloak: Cloak | None) -> float:
    return expected_seconds(_effective(artist, cloak))


def _effective(artist: Artist, cloak: Cloak | None) -> str:
    return cloak or artist.cloak or services().config.protection.cloak


def offered_cloaks(config: Config) -> tuple[Cloak, ...]:
    """What an artist may choose: what needs the model or the admin's own program only where there is one."""
    missing = {Cloak.COMMAND} if not config.protection.command else set()
    if not config.resolve(config.protection.cloak_model).exists():
        missing |= {Cloak.LIGHT, Cloak.STRONG}
    return tuple(one for one in Cloak if one not in missing)
