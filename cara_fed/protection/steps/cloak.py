"""Step 11: the cloak, asked for by name. Where it cannot be made, the picture is refused, and not let through."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from cara_fed.protection.cloak.ascent import Told
from cara_fed.protection.cloak.frames import MOST_FRAMES, FramesCloak
from cara_fed.protection.cloak.levels import LEVELS, Cloak
from cara_fed.protection.cloak.making import Cloaked, make_cloak, make_patterned
from cara_fed.protection.cloak.model_file import read_model
from cara_fed.protection.cloak.surrogate import Surrogate, open_surrogate
from cara_fed.protection.errors import CloakUnavailable
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine
from cara_fed.words.speech import _, later

_UNTOUCHED = {
    Cloak.OFF: later("No cloak was asked for; the pixels are the artist's own."),
    Cloak.GLAZED: later("You said that it is protected already, so its pixels were only resized and coded."),
    Cloak.COMMAND: later("The command that this server's admin chose has worked on it, and nothing else was added."),
}


def cloak(picture: Picture) -> tuple[Picture, ReportLine]:
    """Raises CloakUnavailable: nothing is let through uncloaked that was asked to be cloaked."""
    wanted = _read_wanted(picture.request.cloak)
    if wanted in _UNTOUCHED:
        return picture, ReportLine("cloak", _(_UNTOUCHED[wanted]), {"cloak": wanted.value})
    _require_few_frames(picture)
    made = _MAKERS[wanted](picture, wanted)
    facts = {"cloak": wanted.value, **made.facts}
    frames_cloak = partial(FramesCloak, _find_surrogate(picture)) if picture.is_animated else None
    cloaked = replace(picture, image=made.image, frames_cloak=frames_cloak)
    return cloaked, ReportLine("cloak", _describe(facts), facts)


def _require_few_frames(picture: Picture) -> None:
    if picture.header.frames > MOST_FRAMES:
        raise CloakUnavailable(
            _(
                "At most %(limit)s frames can be cloaked, so nothing was published; shorten it, or choose no cloak.",
                limit=MOST_FRAMES,
            )
        )


def _read_wanted(name: str) -> Cloak:
    try:
        return Cloak(name)
    except ValueError:
        raise CloakUnavailable(
            _("There is no cloak called “%(name)s”; choose one of %(known)s.", name=name, known=", ".join(Cloak))
        ) from None


def _climb(picture: Picture, wanted: Cloak) -> Cloaked:
    return make_cloak(picture.image, LEVELS[wanted], _open_surrogate(picture), _teller(picture))


def _lay(picture: Picture, wanted: Cloak) -> Cloaked:
    return make_patterned(picture.image, LEVELS[wanted], _find_surrogate(picture), _teller(picture))


def _find_surrogate(picture: Picture) -> Surrogate | None:
    with suppress(CloakUnavailable):  # the patterns alone are what was asked for
        return _open_surrogate(picture)
    return None


def _open_surrogate(picture: Picture) -> Surrogate:
    return open_surrogate(read_model(Path(picture.request.cloak_model)))


def _teller(picture: Picture) -> Told:
    def tell(done: int, of: int) -> None:
        picture.tell(
            ReportLine("cloak", _("Cloaking: %(done)s of %(of)s.", done=done, of=of), {"done": done, "of": of})
        )

    return tell


_MAKERS: dict[Cloak, Callable[[Picture, Cloak], Cloaked]] = {
    Cloak.INSTANT: _lay,
    Cloak.LIGHT: _climb,
    Cloak.STRONG: _climb,
}


def _describe(facts: dict[str, object]) -> str:
    told = [
        _(
            "Cloaked (%(cloak)s): no pixel moved by more than %(change)s of 255 (SSIM %(ssim)s, PSNR %(psnr)s dB).",
            cloak=facts["cloak"],
            change=facts["largest_change"],
            ssim=f"{facts['ssim']:.3f}",
            psnr=facts["psnr"],
        )
    ]
    if "displacement" in facts:
        told.append(
            _(
                "The encoder it was made against sees it moved by %(moved)s; plain noise as strong would move it "
                "by %(by_noise)s.",
                moved=f"{facts['displacement']:.2f}",
                by_noise=f"{facts['noise_displacement']:.2f}",
            )
        )
    told.append(_("This slows casual fine-tuning on this file, and can be undone by someone determined."))
    return " ".join(told)
