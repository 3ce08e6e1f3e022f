"""Sample views of the rooms of those who run the place, and of what they tell everybody."""

from cara_fed.web.moderation_views import (
    AnnouncementView,
    AppearancePage,
    ApplicationsPage,
    ApplicationView,
    ApplyPage,
    CasePage,
    ColourView,
    EmojiPage,
    EmojiView,
    NoteView,
    ReportLine,
    ReportsPage,
    RulesAdminPage,
    RulesPage,
    SeenEmojiView,
    SettingsFilePage,
    SettingView,
    StartPage,
    Step,
    StoragePage,
    SuspendedPage,
    SuspensionAppealView,
    UseView,
)
from cara_fed.web.parts import FormView
from cara_fed.web.views import Page
from tests.web.company_samples import entries
from tests.web.samples import EARLIER, MARA, NOON, PEOPLE, page, signed_in

FAR = "https://a-very-long-name-that-has-no-place-to-break-at-all.far.example/users/somebody"
RULES = ("Be kind.", "Credit whoever you learnt from.", "ممنوع السرقة")


def moderation_pages() -> dict[str, tuple[object, Page]]:
    """The pages by a short name, each with its frame."""
    mine = ReportLine(7, MARA, "x", None, FAR, "This is a copy of my work. " * 12, "open", NOON)
    theirs = ReportLine(8, None, FAR, PEOPLE[3], "y", "", "resolved", EARLIER)
    notes = (NoteView("ada", "note", "I wrote to them.", EARLIER), NoteView("ada", "hide_post", "", NOON))
    appeal = SuspensionAppealView(1, MARA, "Copies.", "It is my own work, and here is the sketch.", NOON)
    steps = (
        Step("Name your site", "instance.name", "/admin/settings", True),
        Step("Write the rules of the house", "", "/admin/rules", False),
    )
    wrong = FormView({"words": ""}, {"words": "Write something."})
    settings = (
        SettingView("instance.name", '"The studio"', '"The atelier"', True, True, True),
        SettingView("server.trusted_proxies", '["127.0.0.1/32"]', '["127.0.0.1/32"]', False, False, False),
    )
    pale = ColourView("accent", "#ffcc00", True, "#856a00", 1.34), ColourView("accent_dark", "red", False, "#a3b4ff", 8)
    emoji = (
        EmojiView("gull", "/media/plum-1600.jpg", "قط", "", "ada", True),
        EmojiView("wave", "/media/plum-1600.jpg", "", "far.example", "ada", False),
    )
    seen = SeenEmojiView("blobcat", FAR, "/media/plum-1600.jpg", FAR)
    joining = ApplicationView(3, "kei", "kei@mail.example", "I draw lighthouses. " * 9, NOON)
    return {
        "admin-start": (StartPage(steps, 2, 1, 3, 1, 1, 2), admin("/admin")),
        "admin-reports": (
            ReportsPage((mine, theirs), older_url="?before=8", appeals=(appeal,)),
            admin("/admin/reports"),
        ),
        "admin-reports-none": (ReportsPage(state="dismissed"), admin("/admin/reports")),
        "admin-case": (
            CasePage(mine, entries()[:1], (FAR,), notes, (theirs,), is_ours=True),
            admin("/admin/reports/7"),
        ),
        "admin-case-theirs": (CasePage(theirs, server="far.example", form=wrong), admin("/admin/reports/8")),
        "admin-rules": (RulesAdminPage((AnnouncementView(1, "Down on Sunday.", "ada", NOON),)), admin("/admin/rules")),
        "admin-applications": (ApplicationsPage((joining,), "https://studio.example/join?token=x"), admin("/admin")),
        "admin-applications-none": (ApplicationsPage(is_open=False), admin("/admin/applications")),
        "admin-storage": (
            StoragePage((UseView(MARA, 12, 5_000_000, 900, 7_000_000_000),), 1, 1, 9, 40, 7_000_000_000, 900_000_000),
            admin("/admin"),
        ),
        "admin-appearance": (AppearancePage(pale, "/admin/appearance/preview.css"), admin("/admin/appearance")),
        "admin-emoji": (EmojiPage(emoji, (seen,)), admin("/admin/emoji")),
        "admin-emoji-none": (EmojiPage(), admin("/admin/emoji")),
        "admin-settings": (SettingsFilePage("/srv/instance.toml", settings, (), 1, 1), admin("/admin/settings")),
        "admin-settings-wrong": (
            SettingsFilePage("/i", settings, ("instance.colour: there is no such key",)),
            admin("/"),
        ),
        "rules": (RulesPage(RULES, (MARA,), may_apply=True), page("/rules")),
        "rules-none": (RulesPage(), page("/rules")),
        "apply": (ApplyPage(RULES, needs_mail=True), page("/join/apply")),
        "apply-sent": (ApplyPage(is_sent=True), page("/join/apply")),
        "suspended": (SuspendedPage("@mara@studio.example", "Copies.", NOON, answer="No."), page("/suspended")),
        "suspended-waiting": (SuspendedPage("@mara@studio.example", "Copies.", NOON, True), page("/suspended")),
    }


def admin(path: str) -> Page:
    return signed_in(path, role="admin")
