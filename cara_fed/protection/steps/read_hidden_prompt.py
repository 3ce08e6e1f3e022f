"""Step 6: is a generator's prompt hidden in the pixels themselves? Looked for at the original size."""

from dataclasses import replace

import numpy as np

from cara_fed.protection.picture import Picture
from cara_fed.protection.provenance.stealth import find_in_pixels
from cara_fed.protection.steps.read_provenance import as_facts
from cara_fed.protection.values import ReportLine
from cara_fed.words.speech import _


def read_hidden_prompt(picture: Picture) -> tuple[Picture, ReportLine]:
    """Only pictures whose lowest bits are their maker's are looked at; a lossy format has lost them."""
    image = picture.image
    if not picture.is_full_size or image.mode not in ("RGB", "RGBA"):
        return picture, ReportLine(
            "read_hidden_prompt", _("Not looked for: such a file cannot hide text in its pixels.")
        )
    finding = find_in_pixels(np.asarray(image.crop((0, 0, min(image.width, 120), image.height))))
    if finding is None:
        return picture, ReportLine(
            "read_hidden_prompt", _("No generator's text is hidden in the pixels."), as_facts(())
        )
    found = replace(picture, findings=(*picture.findings, finding))
    text = _("The pixels hold a generator's text: %(evidence)s.", evidence=finding.evidence)
    return found, ReportLine("read_hidden_prompt", text, as_facts((finding,)))
