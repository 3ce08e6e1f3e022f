"""Sample views of drafts: pictures in every state, and posts that wait."""

from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup

from activitypub.opt_out import OptOut
from cara_fed.web.draft_views import DraftLine, DraftsPage, HeldPage, HeldWork, LookPage, OutgoingPage, Seen, Uploaded
from cara_fed.web.parts import FormView
from cara_fed.web.studio_views import PublishPage
from cara_fed.web.views import Page
from tests.web.samples import EARLIER, MARA, NOON, picture, signed_in

SEEN = (("salt", "Ridges."), ("fever", "Strokes."), ("pine", "A pine."), ("dusk", "Hills."))
STEPS = ("The file is a JPEG picture.", "A place, a serial number and a thumbnail were left behind.")
UPLOADS = (
    Uploaded(11, "salt.jpg", "done", "Ridges.", "", STEPS, picture("salt"), "0.2 -0.1"),
    Uploaded(12, "a-very-long-name-of-a-file-that-nobody-would-have-chosen-by-hand.jpg", "working", steps=STEPS[:1]),
    Uploaded(13, "plum.jpg", "waiting", ahead=2, seconds=9),
    Uploaded(14, "broken.jpg", "refused", problem="The file is cut off; export it anew."),
)
FIELDS = {f"upload-{n}": str(upload.pk) for n, upload in enumerate(UPLOADS)}
LINES = (
    DraftLine(1, "Salt flats, the second try", "open", EARLIER, 2, picture("salt")),
    DraftLine(2, "", "due", EARLIER, 1, picture("strip"), NOON + timedelta(days=2), "Europe/Paris"),
    DraftLine(3, "Night", "held", EARLIER, 1, picture("night-garden")),
    DraftLine(4, "Broken", "open", EARLIER, problem="Picture 1: the file is cut off; export it anew."),
)


def draft_pages() -> dict[str, tuple[object, Page]]:
    """The pages by a short name, each with its frame."""
    form = FormView({"text": "Salt, then #ink.", "alt-0": "Seven ridges.", "focal-0": "0.31 -0.2", **FIELDS})
    uploads = {str(upload.pk): upload for upload in UPLOADS}
    draft = PublishPage(OptOut.NO_AI_TRAINING, "instance", 7, uploads=uploads, other_drafts=2, form=form)
    seen = tuple(Seen(picture(name), alt, 7, 3) for name, alt in (*SEEN, ("moss", "")))
    look = LookPage(
        *(7, MARA, "Salt & Ink", "studio.example", Markup("<p>Salt, then #ink.</p>"), "Salt, then #ink."),
        *(None, seen, 1, ("Mastodon shows the first four.",), 1),
    )
    return {
        "look": (look, signed_in("/drafts/7/look")),
        "look-covered": (replace(look, cover="Nudity", pictures=seen[:1], more=0), signed_in("/drafts/7/look")),
        "look-words": (replace(look, pictures=(), more=0, unready=0), signed_in("/drafts/7/look")),
        "publish-draft": (draft, signed_in("/publish")),
        "drafts": (DraftsPage(LINES), signed_in("/drafts")),
        "outgoing-held": (
            OutgoingPage(
                replace(LINES[2], problem="Picture 1: The file declares that a generator made it."),
                UPLOADS[:1],
                form=FormView({"appeal": "I drew it."}),
            ),
            signed_in("/drafts/3"),
        ),
        "held": (
            HeldPage((HeldWork(MARA, replace(LINES[2], problem="Picture 1: so it says."), UPLOADS[:1], "I drew it."),)),
            signed_in("/admin/held", "admin"),
        ),
        "held-none": (HeldPage(), signed_in("/admin/held", "admin")),
        "drafts-none": (DraftsPage(), signed_in("/drafts")),
        "outgoing": (OutgoingPage(LINES[0], UPLOADS, is_over=True), signed_in("/drafts/1")),
        "outgoing-later": (OutgoingPage(LINES[1], UPLOADS[:1]), signed_in("/drafts/2")),
    }
