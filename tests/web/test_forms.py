"""Forms: what is right is read, what is wrong is said beside its field, and secrets are never shown again."""

import io
from datetime import date
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from cara_fed.web.blocklist_form import Label, Policy, read_blocklist_form
from cara_fed.web.forms import (
    FormInvalid,
    Upload,
    read_follow_from_form,
    read_join_form,
    read_log_in_form,
    read_next_path,
    read_password_form,
)
from cara_fed.web.opt_out_form import read_opt_out_form
from cara_fed.web.profile_form import read_profile_form
from cara_fed.web.publish_form import MAX_ALT, read_publish_form

GOOD = "four random words"


class File:
    """An upload as Quart hands it over."""

    def __init__(self, name: str) -> None:
        self.filename: str | None = name
        self.stream = io.BytesIO(b"picture")


def files(*names: str) -> dict[str, Upload]:
    """Files in places 0, 1, …; an empty name is a place left empty, which browsers send all the same."""
    return {f"picture-{n}": File(name) for n, name in enumerate(names)}


@pytest.mark.parametrize("name", ["mara", " mara ", "@mara", "@mara@studio.example"])
def test_a_handle_logs_in_like_a_name(name: str) -> None:
    assert read_log_in_form({"name": name, "password": " p "}).name == "mara"


def test_a_password_is_taken_exactly_as_typed() -> None:
    assert read_log_in_form({"name": "mara", "password": " p "}).password == " p "


@pytest.mark.parametrize(("fields", "wrong"), [({}, {"name", "password"}), ({"name": "mara"}, {"password"})])
def test_what_is_missing_is_said(fields: dict[str, str], wrong: set[str]) -> None:
    with pytest.raises(FormInvalid) as refused:
        read_log_in_form(fields)
    assert set(refused.value.view.errors) == wrong


@pytest.mark.parametrize("path", ["/publish", "/@mara/1?before=2#picture-3"])
def test_logging_in_leads_on(path: str) -> None:
    assert read_next_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "https://evil.example/", "//evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "x"],
)
def test_logging_in_leads_nowhere_else(path: str) -> None:
    assert read_next_path(path) == "/"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30).map(lambda text: "/" + text))
def test_the_path_after_logging_in_is_of_this_site(path: str) -> None:
    base = "https://studio.example/login"
    try:
        reached = urlsplit(urljoin(base, read_next_path(path)))
    except ValueError:  # what is no address at all leads nowhere
        return
    assert (reached.scheme, reached.netloc) == ("https", "studio.example")


@pytest.mark.parametrize("name", ["", "a b", "é", "admin", "x" * 31])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        read_join_form({"name": name, "password": GOOD, "token": "t"})
    assert set(refused.value.view.errors) == {"name"}
    assert refused.value.view.values["token"] == "t"


def test_a_form_shown_again_holds_no_secret() -> None:
    with pytest.raises(FormInvalid) as refused:
        read_join_form({"name": "mara", "password": "short", "csrf_token": "secret"})
    assert dict(refused.value.view.values) == {"name": "mara"}
    assert "10 characters" in refused.value.view.errors["password"]


def test_joining() -> None:
    form = read_join_form({"name": "@Mara_1", "password": GOOD, "token": "t"})
    assert (form.name, form.password, form.token) == ("Mara_1", GOOD, "t")


def test_a_new_password_wants_the_old_one_or_a_link() -> None:
    assert read_password_form({"password": GOOD, "token": "t"}).token == "t"
    assert read_password_form({"password": GOOD, "current_password": "old"}).current_password == "old"
    with pytest.raises(FormInvalid) as refused:
        read_password_form({"password": GOOD})
    assert set(refused.value.view.errors) == {"current_password"}


@pytest.mark.parametrize(
    "typed",
    [
        "@you@your.server",
        "you@your.server",
        "acct:you@your.server",
        " @you@Your.Server ",
        "https://your.server/@you",
        "https://your.server/users/you",
        "https://your.server/you/",
        "https://your.server/@you@elsewhere.example",
    ],
)
def test_a_handle_is_understood_however_it_is_given(typed: str) -> None:
    assert str(read_follow_from_form({"handle": typed}).handle) == "@you@your.server"


@pytest.mark.parametrize(
    "typed", ["", "you", "@you", "you@", "@@", "https://your.server/", "https://your.server/a/b/c", "http://["]
)
def test_what_is_no_handle_is_refused(typed: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        read_follow_from_form({"handle": typed})
    assert set(refused.value.view.errors) == {"handle"}
    assert refused.value.view.value("handle") == typed


@given(st.text(max_size=60))
def test_any_text_is_a_handle_or_refused(typed: str) -> None:
    try:
        form = read_follow_from_form({"handle": typed})
    except FormInvalid as refused:
        assert refused.view.errors["handle"]
    else:
        assert form.handle.name and form.handle.domain


def test_a_profile() -> None:
    fields = {
        "display_name": "  Mara \n Ilyés ",
        "summary": "Salt.\r\nFog.",
        "field_name-0": "Shop",
        "field_value-0": "https://mara.example",
        "field_name-1": "Empty",
        "discoverable": "1",
        "focal-avatar": "0.5 -1",
        "banner_drop": "1",
    }
    form = read_profile_form(fields, {"avatar": File("me.png"), "banner": File("")})
    assert (form.display_name, form.summary) == ("Mara Ilyés", "Salt.\nFog.")
    assert form.fields == (("Shop", "https://mara.example"),)
    assert (form.discoverable, form.indexable, form.manually_approves) == (True, False, False)
    assert form.avatar.upload is not None and form.banner.upload is None
    assert form.avatar.focal_point == (0.5, -1.0)
    assert (form.avatar.is_dropped, form.banner.is_dropped) == (False, True)


def test_a_line_without_a_name_is_refused() -> None:
    with pytest.raises(FormInvalid) as refused:
        read_profile_form({"field_value-2": "https://mara.example"}, {})
    assert set(refused.value.view.errors) == {"field_name-2"}


@pytest.mark.parametrize(("chosen", "read"), [("", None), ("no-ai", OptOut.NO_AI), ("unset", OptOut.UNSET)])
def test_the_opt_out_may_be_left_to_the_instance(chosen: str, read: OptOut | None) -> None:
    assert read_opt_out_form({"opt_out": chosen}).opt_out is read


def test_an_unknown_opt_out_is_refused() -> None:
    with pytest.raises(FormInvalid):
        read_opt_out_form({"opt_out": "maybe"})


def test_pictures_come_in_the_order_of_their_numbers() -> None:
    names = [f"{n}.png" for n in range(12)]
    form = read_publish_form({f"alt-{n}": f"picture {n}" for n in range(12)}, files(*names))
    assert [picture.upload.filename for picture in form.pictures] == names
    assert [picture.alt for picture in form.pictures] == [f"picture {n}" for n in range(12)]


def test_empty_places_are_passed_over() -> None:
    form = read_publish_form({"alt-1": "ink"}, files("", "pine.png", ""))
    assert [(picture.upload.filename, picture.alt) for picture in form.pictures] == [("pine.png", "ink")]


def test_what_is_not_chosen_is_inherited_or_public() -> None:
    form = read_publish_form({"text": " Salt. \r\n"}, {})
    assert (form.text, form.visibility, form.opt_out, form.sensitive) == ("Salt.", Visibility.PUBLIC, None, False)


def test_words_on_the_cover_cover() -> None:
    assert read_publish_form({"text": "x", "content_warning": "Nudity"}, {}).sensitive
    assert read_publish_form({"text": "x", "sensitive": "1"}, {}).sensitive


@pytest.mark.parametrize(
    ("fields", "given_files", "wrong"),
    [
        ({}, files(), {"picture-0"}),
        ({"alt-3": "nothing there"}, files("a.png"), {"picture-3"}),
        ({"alt-0": "x" * (MAX_ALT + 1)}, files("a.png"), {"alt-0"}),
        ({"visibility": "everyone"}, files("a.png"), {"visibility"}),
        ({"text": "x", "visibility": "y", "opt_out": "z"}, {}, {"visibility", "opt_out"}),
        ({}, files(*["a.png"] * 21), {"picture-0"}),
    ],
)
def test_every_mistake_of_a_post_is_said_at_once(
    fields: dict[str, str], given_files: dict[str, Upload], wrong: set[str]
) -> None:
    with pytest.raises(FormInvalid) as refused:
        read_publish_form(fields, given_files)
    assert set(refused.value.view.errors) == wrong


def test_listing_a_domain() -> None:
    form = read_blocklist_form(
        {"entry": " harvester.example ", "reason": "Sells it.", "policy": "drop", "evidence": "https://a.example\r\n"}
    )
    assert (form.entry, form.label, form.policy) == ("harvester.example", Label.TRAINING_HARVEST, Policy.DROP)
    assert (form.evidence, form.expires) == (("https://a.example",), None)
    assert read_blocklist_form({"entry": "a.example", "reason": "x", "expires": "2027-01-31"}).expires == date(
        2027, 1, 31
    )


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"entry": ""}, "entry"),
        ({"reason": " "}, "reason"),
        ({"label": "rude"}, "label"),
        ({"policy": "burn"}, "policy"),
        ({"evidence": "see above"}, "evidence"),
        ({"evidence": "https://a.example " * 21}, "evidence"),
        ({"expires": "tomorrow"}, "expires"),
    ],
)
def test_a_listing_that_cannot_be_is_refused(changed: dict[str, str], wrong: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        read_blocklist_form({"entry": "harvester.example", "reason": "Sells it.", **changed})
    assert set(refused.value.view.errors) == {wrong}
