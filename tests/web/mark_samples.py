"""Sample views of marks, of what was done to a picture, and of tracing one."""

from cara_fed.web.mark_views import FileView, MarkSettingsPage, Measure, PictureDonePage, TracedView, TracePage
from cara_fed.web.parts import FormView
from cara_fed.web.views import Page
from tests.web.samples import picture, signed_in

PREVIEW = "/media/salt-640.jpg"
MEASURES = (
    Measure("Cleaned", "Left behind: a place and a serial number.", "What is in the picture stays in the picture."),
    Measure("Invisible mark", "It is too plain to bear one.", "It stops nobody from using the picture."),
)
FILES = (FileView("For other servers", "JPG, 1800 × 1200, 334 kB", "/media/salt-1600.jpg"),)
REASONS = ("It bears this picture's invisible mark.", "Laid over the original it fits: it shows 42% of it, mirrored.")


def mark_pages() -> dict[str, tuple[object, Page]]:
    """The pages by a short name, each with its frame."""
    form = FormView({"visible": "1", "text": "© Mara مرا", "layout": "tiled", "opacity": "40", "invisible": "yes"})
    wrong = FormView({"text": ""}, {"text": "What should the mark say? Write it here, or choose a logo."})
    nothing = FormView({"address": "https://far.example/x"}, {"address": "The picture could not be fetched."})
    done = PictureDonePage(
        *(
            "/@mara/7",
            1,
            2,
            picture("salt"),
            "/media/salt-640.jpg",
            "/media/salt-640.jpg",
            "/@mara/7/pictures/1/original",
        ),
        *(("This is a JPEG.", "Turned upright."), ("a place", "a serial number"), MEASURES, FILES),
    )
    found = TracedView("Certain", "Picture 1 of a post by @mara", "/@mara/7", REASONS, picture("pine"))
    way = "This address was given to gallery.example alone: the picture, or its address, left through there."
    return {
        "settings-marks": (MarkSettingsPage(PREVIEW, True, form=form), signed_in("/settings/marks")),
        "settings-marks-refused": (MarkSettingsPage(PREVIEW, undrawn="ꦩ", form=wrong), signed_in("/settings/marks")),
        "picture-done": (done, signed_in("/@mara/7/pictures/1")),
        "trace": (TracePage(), signed_in("/trace")),
        "trace-found": (TracePage((found,), way), signed_in("/trace")),
        "trace-none": (TracePage(()), signed_in("/trace")),
        "trace-refused": (TracePage(form=nothing), signed_in("/trace")),
    }
