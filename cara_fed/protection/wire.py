"""How the server and its picture process talk: JSON and raw bytes, so that neither ever unpickles the other."""

import json
from dataclasses import asdict
from typing import Any

from cara_fed.protection import errors
from cara_fed.protection.errors import PictureProcessDied, PictureRefused
from cara_fed.protection.values import (
    Comparison,
    ComparisonRequest,
    Finding,
    Format,
    Inspection,
    InvisibleMark,
    Likeness,
    Limits,
    MarkFound,
    MarkLayout,
    Place,
    ProtectedPicture,
    ProtectionRequest,
    Rendition,
    RenditionKind,
    ReportLine,
    Rights,
    VisibleMark,
)

HEAD = 8  # bytes: the length of the JSON, then the length of what is behind it, four each, big-endian

LANGUAGE = "language"  # the tag of the one that a job's words are in, beside the request

Json = dict[str, Any]


def pack(document: Json, *bodies: bytes) -> bytes:
    """One message's head and JSON; ``bodies`` are to be sent behind it, one after the other."""
    text = json.dumps(document).encode()
    return len(text).to_bytes(4, "big") + sum(map(len, bodies)).to_bytes(4, "big") + text


def read_head(head: bytes) -> tuple[int, int]:
    """Lengths of the JSON and of the body."""
    return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")


def dump_request(request: ProtectionRequest) -> Json:
    return {"job": "protect", **asdict(request)}


def load_limits(document: Json) -> Limits:
    """The limits of any job."""
    return Limits(**document["limits"])


def load_request(document: Json) -> ProtectionRequest:
    focal, shape = document["focal_point"], document["shape"]
    return ProtectionRequest(
        rights=Rights(**document["rights"]),
        limits=load_limits(document),
        focal_point=(focal[0], focal[1]) if focal else None,
        keep_camera_facts=document["keep_camera_facts"],
        cloak=document["cloak"],
        cloak_model=document["cloak_model"],
        visible_mark=load_visible_mark(document["visible_mark"]),
        invisible_mark=InvisibleMark(**document["invisible_mark"]) if document["invisible_mark"] else None,
        shape=(shape[0], shape[1]) if shape else None,
    )


def load_visible_mark(document: Json | None) -> VisibleMark | None:
    return VisibleMark(**document | {"layout": MarkLayout(document["layout"])}) if document else None


def dump_line(line: ReportLine) -> Json:
    return {"step": line.step, "text": line.text, "facts": dict(line.facts)}


def load_line(document: Json) -> ReportLine:
    return ReportLine(document["step"], document["text"], document["facts"])


def dump_picture(picture: ProtectedPicture) -> tuple[Json, bytes]:
    """The picture as JSON, and its renditions' bytes one after the other."""
    document = {
        "format": picture.format.value,
        "width": picture.width,
        "height": picture.height,
        "animated": picture.animated,
        "renditions": [_dump_rendition(one) for one in picture.renditions],
        "blurhash": picture.blurhash,
        "dominant_color": picture.dominant_color,
        "focal_point": list(picture.focal_point),
        "provenance": [asdict(one) for one in picture.provenance],
        "report": [dump_line(line) for line in picture.report],
        "likeness": dump_likeness(picture.likeness),
    }
    return document, b"".join(one.data for one in picture.renditions)


def _dump_rendition(one: Rendition) -> Json:
    return {
        "kind": one.kind.value,
        "bytes": len(one.data),
        "media_type": one.media_type,
        "extension": one.extension,
        "width": one.width,
        "height": one.height,
    }


def load_picture(document: Json, body: bytes) -> ProtectedPicture:
    """Raises ValueError, LookupError or TypeError where the message is not as it should be."""
    x, y = document["focal_point"]
    return ProtectedPicture(
        format=Format(document["format"]),
        width=int(document["width"]),
        height=int(document["height"]),
        animated=bool(document["animated"]),
        renditions=_load_renditions(document["renditions"], body),
        blurhash=str(document["blurhash"]),
        dominant_color=str(document["dominant_color"]),
        focal_point=(float(x), float(y)),
        provenance=tuple(Finding(**one) for one in document["provenance"]),
        report=tuple(load_line(line) for line in document["report"]),
        likeness=load_likeness(document["likeness"]),
    )


def dump_likeness(likeness: Likeness) -> Json:
    return {"whole": likeness.whole.hex(), "windows": likeness.windows.hex()}


def load_likeness(document: Json) -> Likeness:
    return Likeness(bytes.fromhex(document["whole"]), bytes.fromhex(document["windows"]))


def _load_renditions(documents: list[Json], body: bytes) -> tuple[Rendition, ...]:
    renditions, position = [], 0
    for one in documents:
        data = body[position : position + one["bytes"]]
        position += len(data)
        names = (str(one["media_type"]), str(one["extension"]))
        renditions.append(Rendition(RenditionKind(one["kind"]), data, *names, int(one["width"]), int(one["height"])))
    return tuple(renditions)


def dump_showing_request(job: str, limits: Limits, *, known_bytes: int = 0, mark: VisibleMark | None = None) -> Json:
    """A picture to be looked at: job is look, before, difference, mark or logo."""
    return {"job": job, "limits": asdict(limits), "known_bytes": known_bytes, "mark": asdict(mark) if mark else None}


def dump_inspection_request(secret: bytes, limits: Limits) -> Json:
    return {"job": "inspect", "secret": secret.hex(), "limits": asdict(limits)}


def dump_inspection(inspection: Inspection) -> Json:
    return {
        "upright": dump_likeness(inspection.upright),
        "mirrored": dump_likeness(inspection.mirrored),
        "mark": asdict(inspection.mark) if inspection.mark else None,
        "parts": [dump_likeness(part) for part in inspection.parts],
    }


def load_inspection(document: Json) -> Inspection:
    return Inspection(
        load_likeness(document["upright"]),
        load_likeness(document["mirrored"]),
        _load_mark(document["mark"]),
        tuple(load_likeness(part) for part in document["parts"]),
    )


def dump_comparison_request(wanted: ComparisonRequest, known_bytes: int, limits: Limits) -> Json:
    """The body behind it is the known file, then the found one."""
    named = {"secret": wanted.secret.hex(), "number": wanted.number}
    return {"job": "compare", **named, "known_bytes": known_bytes, "limits": asdict(limits)}


def load_comparison_request(document: Json) -> ComparisonRequest:
    return ComparisonRequest(bytes.fromhex(document["secret"]), document["number"])


def dump_comparison(comparison: Comparison) -> Json:
    return asdict(comparison)


def load_comparison(document: Json) -> Comparison:
    return Comparison(Place(**document["place"]), _load_mark(document["mark"]))


def _load_mark(document: Json | None) -> MarkFound | None:
    return MarkFound(**document) if document else None


def dump_refusal(refusal: PictureRefused) -> Json:
    return {"error": type(refusal).__name__, "text": str(refusal)}


def load_refusal(document: Json) -> PictureRefused:
    """The refusal under its own class, where that is one of ours."""
    kind = getattr(errors, str(document["error"]), None)
    is_ours = isinstance(kind, type) and issubclass(kind, PictureRefused)
    return kind(str(document["text"])) if is_ours and kind else PictureProcessDied(str(document["text"]))
