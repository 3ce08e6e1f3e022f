"""What goes into the picture pipeline and what comes out: plain frozen values, without any imaging library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MIB = 1024 * 1024


class Format(StrEnum):
    """A picture format that is read, told by content and never by name."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    AVIF = "avif"
    TIFF = "tiff"
    HEIC = "heic"

    @property
    def media_type(self) -> str:
        return f"image/{self.value}"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a picture looks like: the whole in 32 bytes, its windows in 8 each; both empty where it is too plain."""

    whole: bytes = b""
    windows: bytes = b""


class RenditionKind(StrEnum):
    """What a rendition is for."""

    FEDERATED = "federated"  # what other servers fetch
    WEB = "web"  # our own pages
    WEB_MEDIUM = "web_medium"  # our own pages on a fine screen
    WEB_SMALL = "web_small"  # our own pages on a phone
    WEB_PLAIN = "web_plain"  # our own pages in a browser that reads no WebP
    THUMBNAIL = "thumbnail"  # lists, previews, link cards
    MOVING = "moving"  # an animation on our own pages


@dataclass(frozen=True, slots=True)
class Rights:
    """What is written into every rendition; an empty value writes nothing. Never alt text or a display name."""

    creator: str = ""  # the handle or the name to be credited
    credit: str = ""  # the credit line
    copyright_notice: str = ""
    web_statement: str = ""  # URL of the rights page
    usage_terms: str = ""
    data_mining: str | None = None  # a plus:DataMining URI; None states nothing
    license: str = ""  # URL of the licence that the artist gives to everybody
    other_constraints: str = ""  # free text beside a DataMining "see constraint" value
    digital_source_type: str = ""  # an IPTC digital source type URI, only where the artist states it


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost. Bytes, pixels and frames are held before anything is decoded."""

    max_bytes: int = 60 * MIB
    max_pixels: int = 120_000_000
    max_frames: int = 600
    max_seconds: float = 120.0  # held by the process around the pipeline, not by the pipeline itself

    @property
    def max_animation_pixels(self) -> int:
        """Pixels over all frames of an animation."""
        return 10 * self.max_pixels


class MarkLayout(StrEnum):
    """Where a visible mark stands."""

    CORNER = "corner"  # once, at the lower right
    TILED = "tiled"  # all over the picture, slanting


@dataclass(frozen=True, slots=True)
class VisibleMark:
    """A text, or a logo in its place: a picture file in base64. ``opacity`` is 1 to 100."""

    text: str = ""
    logo: str = field(default="", repr=False)
    layout: MarkLayout = MarkLayout.CORNER
    opacity: int = 40


@dataclass(frozen=True, slots=True)
class InvisibleMark:
    """One of these numbers of 20 bits is written into the pixels, under the instance's secret in hexadecimal."""

    secret: str = field(repr=False)
    numbers: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProtectionRequest:
    """How one picture is to be treated. ``focal_point`` is (x, y) in -1..1, x to the right and y upwards; to a
    ``shape``, width and height of which only the ratio counts, it is cut around that point."""

    rights: Rights = field(default_factory=Rights)
    limits: Limits = field(default_factory=Limits)
    focal_point: tuple[float, float] | None = None
    keep_camera_facts: bool = False
    cloak: str = "off"
    cloak_model: str = ""  # the path of the cloak's model; it is read and verified in the picture's process
    visible_mark: VisibleMark | None = None
    invisible_mark: InvisibleMark | None = None
    shape: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What one step did: plain words for an artist, and the same as JSON values."""

    step: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A sign that a generator made the picture. Tier A: the file declares it; tier B: a generator's leftovers."""

    tier: str
    marker: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Rendition:
    """One finished file."""

    kind: RenditionKind
    data: bytes = field(repr=False)
    media_type: str
    extension: str  # without the dot
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ProtectedPicture:
    """What the pipeline made of one file. Width and height are the upright original's, in pixels."""

    format: Format
    width: int
    height: int
    animated: bool
    renditions: tuple[Rendition, ...]
    blurhash: str
    dominant_color: str  # "#rrggbb"
    focal_point: tuple[float, float]
    provenance: tuple[Finding, ...]
    report: tuple[ReportLine, ...]
    likeness: Likeness = Likeness()

    @property
    def media_type(self) -> str:
        """The media type of the original."""
        return self.format.media_type

    def rendition(self, kind: RenditionKind) -> Rendition | None:
        """The rendition of this kind; None where there is none, as ``moving`` of a still."""
        return next((one for one in self.renditions if one.kind == kind), None)


@dataclass(frozen=True, slots=True)
class MarkFound:
    """A number that stands in a picture, how far it stands out, and at most how often chance would read as well."""

    number: int
    strength: float  # in standard deviations of what chance gives
    chance: float


@dataclass(frozen=True, slots=True)
class Place:
    """The part of a known picture, as shares of its width and height, that another one shows; may reach beyond."""

    left: float
    top: float
    right: float
    bottom: float
    is_mirrored: bool
    likeness: float  # the correlation of fine detail, -1 to 1

    @property
    def share(self) -> float:
        """How much of the known picture it shows, 0 to 1."""
        width = min(self.right, 1.0) - max(self.left, 0.0)
        height = min(self.bottom, 1.0) - max(self.top, 0.0)
        return max(0.0, width) * max(0.0, height)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a found picture shows by itself: its look as it is and mirrored, and the mark that is read in it.

    ``parts`` are the looks of what it shows within flat margins, and of strips of it, each as it is and mirrored: one
    side of a known picture, as a strip, is a window of that.
    """

    upright: Likeness
    mirrored: Likeness
    mark: MarkFound | None
    parts: tuple[Likeness, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """What is looked for beside a known picture; ``number`` None where that has no mark."""

    secret: bytes = field(repr=False)
    number: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where in a known picture the found one lies, and the known picture's mark if it is there."""

    place: Place
    mark: MarkFound | None
