"""The value that the steps hand on to each other: what is known of the picture so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from PIL import Image

from cara_fed.protection.cloak.frames import FramesCloak
from cara_fed.protection.formats.base import Embedded, Header
from cara_fed.protection.formats.ifd import Value
from cara_fed.protection.marks.invisible import FrameMark
from cara_fed.protection.values import Finding, Format, Likeness, ProtectionRequest, Rendition, ReportLine

_NOTHING = Image.new("RGB", (1, 1))


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture on its way: each field as the last step left it; images are never changed in place."""

    data: bytes = field(repr=False)
    request: ProtectionRequest
    tell: Callable[[ReportLine], None] = field(default=lambda line: None, repr=False)  # how far a long step has come
    format: Format = Format.JPEG
    header: Header = field(default_factory=lambda: Header(0, 0))
    embedded: Embedded = field(default_factory=Embedded, repr=False)
    findings: tuple[Finding, ...] = ()
    camera: Mapping[str, Value] = field(default_factory=dict)
    image: Image.Image = field(
        default_factory=lambda: _NOTHING
    )  # the still; from the colour step on RGB or RGBA in sRGB
    is_full_size: bool = False
    orientation: int = 1  # still to be applied, as EXIF counts; 1 is upright
    profile: bytes = field(default=b"", repr=False)  # the ICC profile that the decoded colours are in; empty: sRGB
    plays: int = 0  # how often an animation runs; 0 for ever
    is_drawing: bool = False  # JPEG keeps its colours at full resolution
    renditions: tuple[Rendition, ...] = ()
    blurhash: str = ""
    dominant_color: str = ""
    focal_point: tuple[float, float] = (0.0, 0.0)
    likeness: Likeness = field(default_factory=Likeness)
    stamp: Image.Image | None = None  # the visible mark, for the frames of an animation
    frames_cloak: Callable[[], FramesCloak] | None = None  # what cloaks the frames of an animation, in their order
    frame_mark: FrameMark | None = None  # the invisible one, for the same

    @property
    def is_animated(self) -> bool:
        return self.header.frames > 1

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height of the original as it is looked at."""
        width, height = self.header.width, self.header.height
        return (height, width) if self.orientation >= 5 else (width, height)


Step = Callable[[Picture], tuple[Picture, ReportLine]]


def with_renditions(picture: Picture, renditions: tuple[Rendition, ...]) -> Picture:
    """The picture with these renditions in place of those of the same kind, in the order of their kinds."""
    kept = {one.kind: one for one in picture.renditions} | {one.kind: one for one in renditions}
    return replace(picture, renditions=tuple(kept.values()))
