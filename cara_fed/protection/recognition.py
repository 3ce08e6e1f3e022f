"""A picture found elsewhere: what it shows by itself, and where it lies in a picture of ours."""

from PIL import Image

from cara_fed.protection.framing import find_framed
from cara_fed.protection.likeness import glance_at, glance_at_strips, look_at
from cara_fed.protection.marks.reading import read_beside, read_mark
from cara_fed.protection.picture import Picture, Step
from cara_fed.protection.registration import register
from cara_fed.protection.steps.colour import colour
from cara_fed.protection.steps.decode import decode
from cara_fed.protection.steps.fit import fit
from cara_fed.protection.steps.measure import measure
from cara_fed.protection.steps.orient import orient
from cara_fed.protection.steps.read_metadata import read_metadata
from cara_fed.protection.steps.remember import on_ground
from cara_fed.protection.steps.sniff import sniff
from cara_fed.protection.values import (
    Comparison,
    ComparisonRequest,
    Inspection,
    Likeness,
    Limits,
    Place,
    ProtectionRequest,
)

_STEPS: tuple[Step, ...] = (sniff, measure, read_metadata, decode, fit, orient, colour)


def inspect(data: bytes, limits: Limits, secret: bytes) -> Inspection:
    """Reads the look and the mark of a picture file. Raises PictureRefused."""
    image = open_still(data, limits)
    glance = glance_at(image)
    return Inspection(glance.upright, glance.mirrored, read_mark(image, secret), _look_at_parts(image))


def _look_at_parts(image: Image.Image) -> tuple[Likeness, ...]:
    framed = find_framed(image)
    if framed is None:
        return glance_at_strips(image)
    glance = glance_at(framed)
    return (glance.upright, glance.mirrored, *glance_at_strips(framed))


def look(data: bytes, limits: Limits) -> Likeness:
    """What a picture file and its windows look like. Raises PictureRefused."""
    return look_at(open_still(data, limits))


def compare(found: bytes, known: bytes, wanted: ComparisonRequest, limits: Limits) -> Comparison:
    """Registers a picture file in a known one, and looks there for the known one's mark. Raises PictureRefused."""
    found_image, known_image = open_still(found, limits), open_still(known, limits)
    found_image, place = _register(found_image, known_image)
    if wanted.number is None:
        return Comparison(place, None)
    return Comparison(place, read_beside(found_image, known_image, place, wanted.secret, wanted.number))


def _register(found: Image.Image, known: Image.Image) -> tuple[Image.Image, Place]:
    """The found picture and its place; where it shows another one within margins, that one if it fits better."""
    framed, place = find_framed(found), register(found, known)
    if framed is None:
        return found, place
    within = register(framed, known)
    return (framed, within) if within.likeness > place.likeness else (found, place)


def open_still(data: bytes, limits: Limits) -> Image.Image:
    """The pixels of a picture file as the pipeline sees them before it adds anything: upright, in sRGB, RGB."""
    picture = Picture(data, ProtectionRequest(limits=limits))
    for step in _STEPS:
        picture, _ = step(picture)
    return on_ground(picture.image, picture)
