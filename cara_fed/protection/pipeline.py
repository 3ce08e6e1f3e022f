"""The pipeline: an ordered list of small steps over one value, each saying what it did."""

from collections.abc import Callable

from cara_fed.protection.picture import Picture, Step
from cara_fed.protection.steps.cloak import cloak
from cara_fed.protection.steps.colour import colour
from cara_fed.protection.steps.crop import crop
from cara_fed.protection.steps.decode import decode
from cara_fed.protection.steps.describe import describe
from cara_fed.protection.steps.fit import fit
from cara_fed.protection.steps.mark_invisibly import mark_invisibly
from cara_fed.protection.steps.mark_visibly import mark_visibly
from cara_fed.protection.steps.measure import measure
from cara_fed.protection.steps.moving import make_moving
from cara_fed.protection.steps.orient import orient
from cara_fed.protection.steps.read_hidden_prompt import read_hidden_prompt
from cara_fed.protection.steps.read_metadata import read_metadata
from cara_fed.protection.steps.read_provenance import read_provenance
from cara_fed.protection.steps.remember import remember
from cara_fed.protection.steps.renditions import make_renditions
from cara_fed.protection.steps.sniff import sniff
from cara_fed.protection.steps.write_rights import write_rights
from cara_fed.protection.values import ProtectedPicture, ProtectionRequest, ReportLine

STEPS: tuple[Step, ...] = (
    sniff,
    measure,
    read_metadata,
    read_provenance,
    decode,
    read_hidden_prompt,
    fit,
    orient,
    colour,
    remember,
    cloak,
    mark_visibly,
    mark_invisibly,
    make_renditions,
    make_moving,
    write_rights,
    # a signed manifest belongs here: nothing may touch the files after it
    describe,
)

Progress = Callable[[ReportLine], None]


def protect(data: bytes, request: ProtectionRequest, progress: Progress | None = None) -> ProtectedPicture:
    """Runs all steps in this process; the same bytes and request give the same renditions.

    ``progress`` hears of each step as it is done, and of a long one how far it has come. Raises PictureRefused. The
    time limit is not held here but by whoever may end the process; see PictureWorkers.
    """
    picture, report = Picture(data, request, tell=progress or _keep_quiet), []
    for step in _steps_for(request):
        picture, line = step(picture)
        report.append(line)
        picture.tell(line)
    return _finish(picture, tuple(report))


def _steps_for(request: ProtectionRequest) -> tuple[Step, ...]:
    """A portrait or a banner is cut once its colours are known."""
    if not request.shape:
        return STEPS
    at = STEPS.index(remember)
    return (*STEPS[:at], crop, *STEPS[at:])


def _keep_quiet(line: ReportLine) -> None:
    pass


def _finish(picture: Picture, report: tuple[ReportLine, ...]) -> ProtectedPicture:
    width, height = picture.upright_size
    return ProtectedPicture(
        format=picture.format,
        width=width,
        height=height,
        animated=picture.is_animated,
        renditions=picture.renditions,
        blurhash=picture.blurhash,
        dominant_color=picture.dominant_color,
        focal_point=picture.focal_point,
        provenance=picture.findings,
        report=report,
        likeness=picture.likeness,
    )
