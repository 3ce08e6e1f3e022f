"""Step 9: colours brought to sRGB, which every screen and every server shows alike."""

from dataclasses import replace

from PIL import Image, ImageCms

from cara_fed.protection.colours import blank_hidden, choose_mode, profile_space, to_srgb
from cara_fed.protection.exif import is_adobe_rgb
from cara_fed.protection.picture import Picture
from cara_fed.protection.profiles import adobe_rgb, profile_of_cicp, profile_of_gamma
from cara_fed.protection.values import Format, ReportLine
from cara_fed.words.speech import _


def colour(picture: Picture) -> tuple[Picture, ReportLine]:
    """Chooses the profile that counts, and converts. A profile that cannot be used is left out, and that is said."""
    profile, source = _choose_profile(picture)
    try:
        converted = to_srgb(picture.image, profile)
    except ImageCms.PyCMSError:
        profile, source = b"", "broken"
        converted = to_srgb(picture.image, b"")
    text = _describe(picture.image, profile, source)
    facts = {"source": source, "from_mode": picture.image.mode}
    return replace(picture, image=blank_hidden(converted), profile=profile), ReportLine("colour", text, facts)


def _choose_profile(picture: Picture) -> tuple[bytes, str]:
    """The profile and where it is from. In PNG cICP goes before ICC; in AVIF and HEIC it is the other way round."""
    embedded, coded = picture.embedded, picture.embedded.cicp
    if picture.format is Format.PNG and coded and picture.image.mode in ("RGB", "RGBA"):
        return profile_of_cicp(*coded), "cicp"
    if picture.profile:
        return (picture.profile, "icc") if profile_space(picture.profile) else (b"", "broken")
    if coded:
        return profile_of_cicp(*coded), "cicp"
    if embedded.gamma:
        return profile_of_gamma(embedded.gamma, embedded.chromaticities), "gamma"
    if is_adobe_rgb(embedded.exif) and picture.image.mode == "RGB":
        return adobe_rgb(), "dcf"
    return b"", "none"


def _describe(image: Image.Image, profile: bytes, source: str) -> str:
    if source == "broken":
        return _("Its colour profile is damaged; the colours were taken as sRGB.")
    if profile and choose_mode(image.mode, profile):
        return _("Colours converted from the picture's own profile to sRGB.")
    if image.mode == "CMYK":
        return _("Printing colours (CMYK) without a usable profile: the colours on screen are an approximation.")
    return _("Its colours are sRGB already.")
