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


class RenditionKind(StrEnum):
    """What a rendition is for."""

    FEDERATED = "federated"  # what other servers fetch
    WEB = "web"  # our own pages
    WEB_SMALL = "web_small"  # our own pages on a phone
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


@dataclass(frozen=True, slots=True)
class ProtectionRequest:
    """How one picture is to be treated. ``focal_point`` is (x, y) in -1..1, x to the right and y upwards."""

    rights: Rights = field(default_factory=Rights)
    limits: Limits = field(default_factory=Limits)
    focal_point: tuple[float, float] | None = None
    keep_camera_facts: bool = False
    cloak: str = "off"


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

    @property
    def media_type(self) -> str:
        """The media type of the original."""
        return self.format.media_type

    def rendition(self, kind: RenditionKind) -> Rendition | None:
        """The rendition of this kind; None where there is none, as ``moving`` of a still."""
        return next((one for one in self.renditions if one.kind == kind), None)
