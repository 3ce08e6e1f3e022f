"""Every page: rendered from its view alone, escaped, labelled, light, and asking nothing of anybody else."""

import dataclasses
from urllib.parse import urlsplit

import pytest
from markupsafe import Markup

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from cara_fed.web.parts import Byline, OptOutBadge
from cara_fed.web.rendering import TEMPLATES, Pages, answer_page, write_machine_time
from cara_fed.web.static_files import PREFIX
from cara_fed.web.views import FrontPage, Head, OpenGraph
from cara_fed.words.speech import speaking
from cara_fed.words.writing import write_local_time, write_number, write_utc_date
from tests.web.gallery import all_pages
from tests.web.markup import elements
from tests.web.samples import BASE, EARLIER, MANY, MARA, page, post, post_page, profile, signed_in, tiles
from tests.web.serving import Samples

PAGES = Pages()
OWN = (PREFIX, "/admin/appearance/preview.css")
SAMPLES = all_pages()
every_page = pytest.mark.parametrize("name", SAMPLES)


class Html(dict[str, str]):
    """Every page by its name, rendered when it is asked for: each worker reads this file, few run all of it."""

    def __missing__(self, name: str) -> str:
        self[name] = PAGES.render(*SAMPLES[name])
        return self[name]


HTML = Html()


def test_every_view_has_a_template_and_a_sample() -> None:
    assert {type(view) for view, _ in SAMPLES.values()} == set(TEMPLATES)


@pytest.mark.parametrize("view", TEMPLATES)
def test_views_cannot_be_changed(view: type) -> None:
    assert view.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(view)


@every_page
def test_nothing_is_inline(name: str) -> None:
    for element in elements(HTML[name]):
        assert "style" not in element
        assert not [attribute for attribute in element if attribute.startswith("on")]
        assert element.tag != "style"
        # Data is not run, and no policy about scripts applies to it.
        is_data = element.get("type") == "application/ld+json"
        assert element.tag != "script" or is_data or element["src"].startswith(PREFIX)


@every_page
def test_nothing_is_asked_of_another_site(name: str) -> None:
    for element in elements(HTML[name], "script", "img", "source", "use", "iframe", "form"):
        for attribute in ("src", "action", "href"):
            assert urlsplit(element.get(attribute, "")).netloc in ("", "studio.example")
    for link in elements(HTML[name], "link"):
        assert link["rel"] in ("canonical", "alternate", "license", "manifest") or link["href"].startswith(OWN)


@every_page
def test_what_it_uses_is_served(name: str) -> None:
    used = [e.get("src") or e.get("href", "") for e in elements(HTML[name], "script", "link", "use")]
    for url in used:
        if url.startswith(PREFIX):
            assert PAGES.static.answer(url.partition("#")[0]).status == 200


@every_page
def test_icons_exist(name: str) -> None:
    sprite = PAGES.static.by_name["icons.svg"].body.decode()
    for use in elements(HTML[name], "use"):
        assert f'id="{use["href"].partition("#")[2]}"' in sprite


@every_page
def test_it_has_one_heading_a_language_and_landmarks(name: str) -> None:
    tags = [element.tag for element in elements(HTML[name])]
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert elements(HTML[name], "html")[0]["lang"]
    assert elements(HTML[name], "a")[0]["href"] == "#main"


@every_page
def test_every_field_has_a_label_and_every_picture_its_words(name: str) -> None:
    everything = elements(HTML[name])
    labelled = {element["for"] for element in everything if element.tag == "label" and "for" in element}
    for field in everything:
        if field.tag in ("input", "textarea") and field.get("type") not in ("hidden", "radio", "checkbox"):
            assert field.get("id") in labelled or "hidden" in field, field
    assert all("alt" in image for image in everything if image.tag == "img")


@every_page
def test_ids_are_its_own(name: str) -> None:
    ids = [element["id"] for element in elements(HTML[name]) if "id" in element]
    assert len(ids) == len(set(ids))


@every_page
def test_every_form_that_changes_something_carries_the_token(name: str) -> None:
    frame = SAMPLES[name][1]
    forms = [form for form in elements(HTML[name], "form") if form.get("method") == "post"]
    tokens = [field for field in elements(HTML[name], "input") if field.get("name") == "csrf_token"]
    assert len(tokens) == (len(forms) if frame.csrf_token else 0)


@every_page
def test_the_opt_out_stands_in_its_head(name: str) -> None:
    stated = {meta.get("name"): meta["content"] for meta in elements(HTML[name], "meta") if "content" in meta}
    assert stated["robots"] == "noai, noimageai"
    assert stated["tdm-reservation"] == "1"


def test_what_people_write_is_escaped() -> None:
    name = '"><script>alert(1)</script>'
    view = profile(byline=Byline('@x"@studio.example', "/@x", name))
    html = PAGES.render(view, page(path='/"><b>', site_name="<b>Salt</b>"))
    assert "<script>alert" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html


def test_safe_html_is_shown_as_it_is() -> None:
    html = PAGES.render(post_page(), page())
    assert '<a href="/tags/gouache" rel="tag">' in html


def test_pictures_bring_their_tone_and_size() -> None:
    html = PAGES.render(profile(works=tiles("salt")), page())
    [image] = [image for image in elements(html, "img") if "srcset" in image]
    assert (image["width"], image["height"]) == ("1800", "1200")
    assert image["srcset"] == "/media/salt-640.jpg 640w, /media/salt-1600.jpg 1600w"
    assert 'fill="#99a1a0"' in html


def test_browsers_that_read_no_webp_get_another_file() -> None:
    [tile] = tiles("salt")
    old = dataclasses.replace(tile, picture=dataclasses.replace(tile.picture, plain_url="/media/salt.jpg"))
    html = PAGES.render(profile(works=(old,)), page())
    [source] = elements(html, "source")
    [image] = [image for image in elements(html, "img") if image["src"] == "/media/salt.jpg"]
    assert (source["type"], source["srcset"]) == ("image/webp", tile.picture.srcset)
    assert "srcset" not in image
    assert image["width"] == "1800"


def test_the_first_pictures_come_at_once_and_the_others_when_near() -> None:
    images = [image for image in elements(HTML["profile"], "img") if "srcset" in image]
    assert [image.get("loading") for image in images[:5]] == [None, None, None, None, "lazy"]
    assert [image.get("fetchpriority") for image in images] == ["high", *[None] * (len(images) - 1)]


def test_a_covered_picture_is_not_sent_before_it_is_asked_for() -> None:
    front = PAGES.render(profile(works=(dataclasses.replace(tiles("noor")[0], cover="Nudity"),)), page())
    assert "noor-640" not in front
    assert "Nudity" in front
    assert 'loading="lazy"' in HTML["post-covered"] or "noor" not in HTML["post-covered"]


@pytest.mark.parametrize("works", [("salt",), ("pano", "strip")])
def test_extreme_shapes_keep_to_their_frames(works: tuple[str, ...]) -> None:
    ratios = [tile.picture.ratio for tile in tiles(*works)]
    assert all(40 <= ratio <= 300 for ratio in ratios)
    assert [tile.picture.focus for tile in tiles(*works)] == ["" if work == "salt" else "x5 y5" for work in works]


def test_a_page_names_its_activitypub_address_and_its_feeds() -> None:
    links = {(link["rel"], link.get("type")): link["href"] for link in elements(HTML["profile"], "link")}
    assert links["canonical", None] == f"{BASE}/@mara"
    assert links["alternate", "application/activity+json"] == f"{BASE}/users/mara"
    assert links["alternate", "application/rss+xml"] == "/@mara/feed.rss"
    assert links["license", "application/rsl+xml"] == f"{BASE}/license.xml"


def test_link_cards_are_made_only_where_the_view_has_one() -> None:
    assert 'property="og:image"' in HTML["profile"]
    assert "og:" not in HTML["post-covered"]
    card = OpenGraph("Salt", image_url=f"{BASE}/media/salt-640.jpg", image_alt='Ridges "far"')
    html = PAGES.render(FrontPage(Head(f"{BASE}/", open_graph=card)), page())
    assert 'content="Ridges &#34;far&#34;"' in html


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (OptOut.NO_AI_TRAINING, "No AI training"),
        (OptOut.NO_AI, "No AI use at all"),
        (OptOut.NO_AUTOMATED_USE, "No automated use"),
        (OptOut.ALLOW, "AI training allowed"),
        (OptOut.UNSET, "Nothing said about AI"),
    ],
)
def test_the_badge_says_what_holds(policy: OptOut, said: str) -> None:
    html = PAGES.render(post_page(post=post(opt_out=OptOutBadge(policy, "post"))), page())
    assert said in html
    assert ("it is not a lock" in html) == (policy not in (OptOut.ALLOW, OptOut.UNSET))


@pytest.mark.parametrize(
    ("visibility", "said"),
    [
        (Visibility.UNLISTED, "Unlisted"),
        (Visibility.FOLLOWERS, "Followers only"),
        (Visibility.DIRECT, "Only those mentioned"),
    ],
)
def test_who_sees_a_post_is_said_where_not_everyone_does(visibility: Visibility, said: str) -> None:
    assert said in PAGES.render(post_page(post=post("salt", visibility=visibility)), page())
    assert said not in PAGES.render(post_page("salt"), page())


def test_errors_stand_beside_their_fields() -> None:
    [field] = [field for field in elements(HTML["follow-from"], "input") if field.get("id") == "handle"]
    assert field["aria-invalid"] == "true"
    assert "handle-error" in field["aria-describedby"].split()
    assert 'id="handle-error"' in HTML["follow-from"]
    assert field["value"] == "nonsense"


def test_the_right_doors_are_shown() -> None:
    artist = PAGES.render(profile(), signed_in("/"))
    admin = PAGES.render(profile(), signed_in("/", "admin"))
    assert '"/admin"' not in artist and '"/admin"' in admin
    assert 'href="/login"' in HTML["profile"] and 'href="/login"' not in artist


def test_one_and_many_are_told_apart() -> None:
    html = PAGES.render(post_page(post=post(likes=1, replies=12345)), page())
    assert "1 like<" in html and "12,345 replies" in html


def test_a_catalogue_changes_the_words_and_nothing_else() -> None:
    with speaking("fr"):
        html = PAGES.render(profile("about"), page(language="fr"))
    assert "Suivre" in html and "2 mars 2026" in html and '<html lang="fr"' in html
    assert "Suivre" not in PAGES.render(profile(), page(language="en"))


def test_a_known_page_is_not_sent_twice() -> None:
    first = answer_page("<p>Salt</p>")
    etag = dict(first.headers)[b"etag"].decode()
    assert first.status == 200
    assert answer_page("<p>Salt</p>", if_none_match=etag).status == 304
    assert answer_page("<p>Fog</p>", if_none_match=etag).status == 200
    assert answer_page("<p>Salt</p>", status=404, if_none_match=etag).status == 404


def test_public_pages_are_the_same_bytes_for_every_visitor() -> None:
    assert PAGES.render(profile(), page("/@mara")) == PAGES.render(profile(), page("/@mara"))


def test_a_wall_of_sixty_works_is_light() -> None:
    view = profile(works=tiles(*(MANY * 3)))
    html = PAGES.render(view, page("/@mara"))
    urls = {
        e.get("src") or e["href"]
        for e in elements(html, "script", "link")
        if e.get("rel", "stylesheet") == "stylesheet"
    }
    weight = len(html.encode()) + sum(len(PAGES.static.answer(url).body) for url in urls)
    assert len(view.works) == 60
    assert weight <= 120_000


def test_numbers_and_times() -> None:
    assert write_number(1234567) == "1,234,567"
    assert write_utc_date(EARLIER) == "2 March 2026"
    assert write_local_time(EARLIER) == "2 March 2026, 09:30"
    assert write_machine_time(EARLIER) == "2026-03-02T09:30:00Z"


def test_a_nameless_artist_is_called_by_the_handle() -> None:
    plain = Byline("@plain@studio.example", "/@plain", "  ")
    assert (plain.name, plain.initial, MARA.initial) == ("plain", "P", "M")
    assert Byline("@x@y.example", "/", "✺").initial == "·"


def test_an_entry_without_words_or_pictures_still_renders() -> None:
    html = PAGES.render(profile("posts", posts=(post(content=Markup()),)), page())
    assert '<article class="entry">' in html


def test_the_sample_server_answers() -> None:
    samples = Samples()
    assert samples.answer("/front").status == 200
    assert samples.answer("/media/salt-640.jpg").body.startswith(b"\xff\xd8")
    assert samples.answer("/nowhere").status == 404
