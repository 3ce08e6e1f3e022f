"""Every kind of document that we build, as a JSON-LD processor understands it: no term dropped, none of our own."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from activitypub.actors import build_actor_tombstone
from activitypub.albums import Album, build_album, build_album_page
from activitypub.collections import build_collection, build_page
from activitypub.contributors import Contributor
from activitypub.documents import Json
from activitypub.identifiers import Site
from activitypub.notes import Poll, PollOption, Rights, build_note, build_tombstone
from activitypub.notes.polls import build_vote
from activitypub.opt_out import OptOut, signals
from activitypub.quotes import (
    Quote,
    QuoteAuthorization,
    QuotePolicy,
    build_authorization,
    build_quote_answer,
    build_quote_request,
    build_revocation,
)
from activitypub.tags import Mention
from tests.activitypub.jsonld import dropped_or_blank, expand
from tests.activitypub.test_notes_build import FULL

SITE = Site("https", "studio.example")
MARA, THEO = "https://studio.example/users/mara", "https://gallery.example/users/theo"
ID, QUOTED = f"{MARA}/activities/1", f"{THEO}/posts/2"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAID = signals(OptOut.NO_AI, base_url=SITE.base)
ALBUM = Album(
    f"{MARA}/albums/tides", MARA, f"{SITE.base}/@mara/albums/tides", "Tides", 70, SAID, NOON, NOON, "<p>x</p>"
)
AUTHORIZATION = QuoteAuthorization(f"{THEO}/quotes/3", THEO, f"{MARA}/posts/1", f"{THEO}/posts/2")
RIGHTS = Rights(
    license="https://creativecommons.org/licenses/by/4.0/",
    acquire_license_page="https://mara.example/licensing",
    credit_text="@mara@studio.example",
    copyright_notice="© @mara@studio.example",
    digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
)
QUOTING = build_note(
    replace(
        FULL,
        quote=Quote(QUOTED, AUTHORIZATION.authorization_id),
        quote_policy=QuotePolicy.ASK,
        rights=RIGHTS,
        contributors=(Contributor(Mention("@theo@gallery.example", THEO), "ink"),),
    )
)


def documents() -> dict[str, Json]:
    request = build_quote_request(
        activity_id=ID, actor_id=MARA, quoted_id=QUOTED, author_id=THEO, instrument=QUOTING["id"]
    )
    answers = (
        build_quote_answer(request, activity_id=ID, author_id=THEO, authorization_id=authorized)
        for authorized in (AUTHORIZATION.authorization_id, None)
    )
    granted, refused = answers
    return {
        "a quoting post": QUOTING,
        "a request to quote": request,
        "a quote granted": granted,
        "a quote refused": refused,
        "an authorization": build_authorization(AUTHORIZATION),
        "a revocation": build_revocation(AUTHORIZATION, activity_id=ID, followers_id=f"{THEO}/followers"),
        "a poll": build_note(
            replace(FULL, poll=Poll((PollOption("Ink", 1), PollOption("Oil", 2)), True, NOON, True, 2))
        ),
        "a vote": build_vote(activity_id=ID, actor_id=MARA, question_id=QUOTED, author_id=THEO, name="Ink"),
        "an album": build_album(ALBUM),
        "a page of an album": build_album_page(ALBUM, 2, [QUOTED]),
        "a collection": build_collection(f"{MARA}/followers", total=3, first=f"{MARA}/followers?page=true"),
        "a page of a collection": build_page(f"{MARA}/f?page=true", part_of=f"{MARA}/f", items=[THEO]),
        "a tombstone": build_tombstone(f"{MARA}/posts/1", NOON),
        "an actor's tombstone": build_actor_tombstone("mara", SITE, NOON),
    }


@pytest.mark.parametrize("name", documents())
def test_a_processor_understands_every_word_of_it(name: str) -> None:
    assert dropped_or_blank(documents()[name]) == []


@pytest.mark.parametrize(
    ("node", "iri", "value"),
    [
        (QUOTING, "https://w3id.org/fep/044f#quote", {"@id": QUOTED}),
        (QUOTING, "http://fedibird.com/ns#quoteUri", {"@value": QUOTED}),
        (QUOTING, "http://schema.org/license", {"@id": RIGHTS.license}),
        (QUOTING, "http://schema.org/acquireLicensePage", {"@id": RIGHTS.acquire_license_page}),
        (QUOTING, "http://schema.org/creditText", {"@value": RIGHTS.credit_text}),
        (QUOTING, "http://schema.org/copyrightNotice", {"@value": RIGHTS.copyright_notice}),
        (
            QUOTING,
            "http://schema.org/contributor",
            {
                "@type": ["http://schema.org/Role"],
                "http://schema.org/contributor": [{"@id": THEO}],
                "http://schema.org/roleName": [{"@value": "ink"}],
            },
        ),
        (QUOTING, "http://schema.org/digitalSourceType", {"@id": RIGHTS.digital_source_type}),
        (build_album(ALBUM), "http://www.w3.org/ns/tdmrep#reservation", {"@value": 1}),
        (build_album(ALBUM), "http://www.w3.org/ns/tdmrep#policy", {"@id": SAID.tdm_policy}),
        (build_album(ALBUM), "http://ns.useplus.org/ldf/xmp/1.0/DataMining", {"@id": SAID.data_mining}),
        (build_album(ALBUM), "https://www.robotstxt.org/meta.html", {"@value": "noai, noimageai, noarchive"}),
        (build_album(ALBUM), "http://schema.org/usageInfo", {"@id": SAID.usage_info}),
        (build_album_page(ALBUM, 1, []), "http://www.w3.org/ns/tdmrep#reservation", {"@value": 1}),
    ],
)
def test_its_words_mean_what_others_defined(node: Json, iri: str, value: dict[str, Any]) -> None:
    assert expand(node)[iri] == [value]
