"""Stories of quotes: nobody's post is shown within another's unless its author agrees, and as long as they do."""

import json
from typing import Any

import pytest

from activitypub.quotes import QuotePolicy
from cara_fed.errors import NotAllowed, NotFound
from cara_fed.federation.resolver import Resolver
from cara_fed.inbox.conversations import prove_quote
from cara_fed.publishing.answer_quote import allow_quote, refuse_quote
from storage.posts import Post
from tests.federation.test_company import told, two_friends
from tests.federation.test_other_software import let_mara_follow
from tests.support.fediverse import Fediverse, Instance
from tests.support.strangers import PUBLIC, Json, Stranger


async def get_post(instance: Instance, object_id: str) -> Post:
    post = await instance.find_post(object_id)
    assert post is not None
    return post


async def quote(gallery: Instance, quoted: Post, **choices: Any) -> Post:
    """Theo quotes a post that has arrived."""
    return await gallery.publish("theo", "look at this", quotes=quoted.object_id, **choices)


def request_of(eve: Stranger, quoted_id: str, number: int = 1, **changes: Any) -> Json:
    """Eve asks to quote a post with the note of this number, which she serves."""
    note = eve.note(number, quote=quoted_id, **changes)
    eve.serve(f"/users/{eve.name}/notes/{number}", note)
    return eve.activity("QuoteRequest", quoted_id, number, instrument=note["id"])


def answers(eve: Stranger) -> list[Json]:
    return [one for one in eve.documents_received() if one["type"] in ("Accept", "Reject", "Delete")]


async def test_a_quote_is_asked_for_granted_and_told(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    watcher = fediverse.stranger("watcher.example")
    await watcher.post(f"{gallery.actor('theo')}/inbox", watcher.activity("Follow", gallery.actor("theo")))
    quoted = await studio.publish("mara", "a hill")
    await fediverse.settle()
    post = await quote(gallery, quoted)
    await fediverse.settle()

    there, here = await get_post(studio, post.object_id), await get_post(gallery, post.object_id)
    assert there.quote_state == here.quote_state == "accepted"
    assert here.quote_authorization == there.quote_authorization
    assert ("quote", gallery.actor("theo")) in await told(studio, "mara")
    sent = [one for one in watcher.documents_received() if one["type"] in ("Create", "Update")]
    assert [one["type"] for one in sent] == ["Create", "Update"]
    assert "quoteAuthorization" not in sent[0]["object"]
    note = sent[1]["object"]
    assert note["quote"] == note["quoteUri"] == note["_misskey_quote"] == quoted.object_id
    assert note["quoteAuthorization"] == here.quote_authorization
    assert 'class="quote-inline"' in note["content"]


async def test_the_authorization_is_served_until_it_is_taken_back(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    quoted = await studio.publish("mara", "a hill")
    await fediverse.settle()
    post = await quote(gallery, quoted)
    await fediverse.settle()
    there = await get_post(studio, post.object_id)
    assert there.quote_authorization is not None
    served = await gallery.get(there.quote_authorization, as_=gallery.services.site.instance_actor)
    stated = json.loads(served.content)
    assert stated["type"] == "QuoteAuthorization" and stated["attributedTo"] == studio.actor("mara")
    assert (stated["interactingObject"], stated["interactionTarget"]) == (post.object_id, quoted.object_id)
    assert (await gallery.get(there.quote_authorization)).status_code == 401

    await refuse_quote(studio.services, await studio.artist("mara"), there.pk)
    await fediverse.settle()
    ended = await get_post(gallery, post.object_id)
    assert ended.quote_state == "revoked" and ended.updated_at is not None
    gone = await gallery.get(there.quote_authorization, as_=gallery.services.site.instance_actor)
    assert gone.status_code == 404
    note = json.loads((await studio.get(post.object_id, as_=studio.services.site.instance_actor)).content)
    assert "quote" not in note and "quoteAuthorization" not in note and quoted.object_id in note["content"]


async def test_the_artists_policy_decides(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara = await studio.add_artist("mara")
    eve, kei = fediverse.stranger("far.example"), fediverse.stranger("pond.example", "kei")
    await kei.post(f"{mara}/inbox", kei.activity("Follow", mara))
    await fediverse.settle()
    cases = [
        (QuotePolicy.EVERYONE, eve, "accepted", ("Accept", True)),
        (QuotePolicy.FOLLOWERS, eve, None, ("Reject", False)),
        (QuotePolicy.FOLLOWERS, kei, "accepted", ("Accept", True)),
        (QuotePolicy.ASK, eve, "pending", None),
        (QuotePolicy.NOBODY, kei, None, ("Reject", False)),
    ]
    for number, (policy, who, state, answer) in enumerate(cases, start=1):
        quoted = await studio.publish("mara", "a hill", quote_policy=policy)
        request = request_of(who, quoted.object_id, number)
        await who.post(f"{mara}/inbox", request)
        await fediverse.settle()
        kept = await studio.find_post(request["instrument"])
        assert (kept.quote_state if kept else None) == state, policy
        asked = [one for one in answers(who) if one["object"].get("instrument") == request["instrument"]]
        assert [(one["type"], "result" in one) for one in asked] == ([answer] if answer else []), policy


async def test_who_waits_is_answered_when_the_artist_has_decided(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara, eve = await studio.add_artist("mara", quote_policy=QuotePolicy.ASK), fediverse.stranger("far.example")
    quoted = await studio.publish("mara", "a hill")
    for number in (1, 2):
        await eve.post(f"{mara}/inbox", request_of(eve, quoted.object_id, number))
    await fediverse.settle()
    assert await told(studio, "mara") == [("quote_request", eve.actor)] * 2

    first, second = [await get_post(studio, f"{eve.actor}/notes/{number}") for number in (1, 2)]
    await allow_quote(studio.services, await studio.artist("mara"), first.pk)
    await refuse_quote(studio.services, await studio.artist("mara"), second.pk)
    await fediverse.settle()
    assert [(one["type"], one["object"]["instrument"]) for one in answers(eve)] == [
        ("Accept", first.object_id),
        ("Reject", second.object_id),
    ]
    await eve.post(f"{mara}/inbox", {**request_of(eve, quoted.object_id, 2), "id": f"{eve.actor}/again"})
    await fediverse.settle()
    assert [one["type"] for one in answers(eve)] == ["Accept", "Reject", "Reject"]


async def test_only_the_quoted_artist_answers(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara, eve = await studio.add_artist("mara"), fediverse.stranger("far.example")
    await studio.add_artist("theo")
    quoted = await studio.publish("mara", "a hill", quote_policy=QuotePolicy.ASK)
    await eve.post(f"{mara}/inbox", request_of(eve, quoted.object_id))
    await fediverse.settle()
    post = await get_post(studio, f"{eve.actor}/notes/1")
    for answer in (allow_quote, refuse_quote):
        with pytest.raises(NotFound):
            await answer(studio.services, await studio.artist("theo"), post.pk)


async def test_artists_of_one_instance_ask_each_other(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    await studio.add_artist("theo")
    quoted = await studio.publish("mara", "a hill", quote_policy=QuotePolicy.ASK)
    post = await quote(studio, quoted)
    await fediverse.settle()
    assert (await get_post(studio, post.object_id)).quote_state == "pending"
    await allow_quote(studio.services, await studio.artist("mara"), post.pk)
    await fediverse.settle()
    assert (await get_post(studio, post.object_id)).quote_state == "accepted"
    own = await studio.publish("mara", "my own", quotes=quoted.object_id)
    await fediverse.settle()
    assert (await get_post(studio, own.object_id)).quote_state == "accepted"


async def test_what_may_not_be_quoted_is_refused_before_anything_is_sent(fediverse: Fediverse) -> None:
    studio, gallery = await two_friends(fediverse)
    refusing = await studio.publish("mara", "mine", quote_policy=QuotePolicy.NOBODY)
    private = await studio.publish("mara", "for friends", visibility="followers")
    await fediverse.settle()
    for post in (refusing, private):
        with pytest.raises(NotAllowed):
            await quote(gallery, post)


def quoting_note(eve: Stranger, author: Stranger, number: int = 1, **changes: Any) -> Json:
    """Eve's note quotes the author's first note, with an authorization at the author's server."""
    quoted_id = f"{author.actor}/notes/1"
    author.serve("/users/kei/notes/1", author.note(1))
    return eve.note(number, quote=quoted_id, quoteAuthorization=f"{author.base}/stamps/{number}", **changes)


def stamp_of(eve: Stranger, author: Stranger, number: int = 1, **changes: Any) -> Json:
    return {
        "id": f"{author.base}/stamps/{number}",
        "type": "QuoteAuthorization",
        "attributedTo": author.actor,
        "interactingObject": f"{eve.actor}/notes/{number}",
        "interactionTarget": f"{author.actor}/notes/1",
        **changes,
    }


async def test_a_quote_of_somebody_elses_is_shown_once_it_is_proven(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    eve, kei = fediverse.stranger("far.example"), fediverse.stranger("pond.example", "kei")
    await let_mara_follow(studio, eve.actor)
    lies: list[dict[str, str]] = [
        {"interactingObject": "https://far.example/users/eve/notes/77"},
        {"interactionTarget": "https://pond.example/users/kei/notes/2"},
        {"attributedTo": "https://pond.example/users/moss"},
        {"attributedTo": "https://far.example/users/eve"},
        {"type": "Note"},
    ]
    for number, changes in enumerate([{}, *lies], start=1):
        kei.serve(f"/stamps/{number}", stamp_of(eve, kei, number, **changes))
    notes = [quoting_note(eve, kei, number) for number in range(1, len(lies) + 3)]  # the last has no stamp at all
    for number, note in enumerate(notes):
        await eve.post(studio.shared_inbox, eve.activity("Create", note, number))
    await fediverse.settle()
    states = [(await get_post(studio, note["id"])).quote_state for note in notes]
    assert states == ["accepted", *["pending"] * (len(lies) + 1)]
    assert await studio.find_post(f"{kei.actor}/notes/1") is not None

    proven = notes[0]
    await eve.post(studio.shared_inbox, eve.activity("Delete", proven["quoteAuthorization"]))
    await fediverse.settle()
    assert (await get_post(studio, proven["id"])).quote_state == "accepted"
    await kei.post(studio.shared_inbox, kei.activity("Delete", stamp_of(eve, kei)))
    await fediverse.settle()
    assert (await get_post(studio, proven["id"])).quote_state == "revoked"


async def test_an_authorization_at_the_quoters_own_server_proves_nothing(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    eve, kei = fediverse.stranger("far.example"), fediverse.stranger("pond.example", "kei")
    await let_mara_follow(studio, eve.actor)
    note = quoting_note(eve, kei) | {"quoteAuthorization": f"{eve.base}/stamps/1"}
    eve.serve("/stamps/1", stamp_of(eve, kei, id=f"{eve.base}/stamps/1"))
    await eve.post(studio.shared_inbox, eve.activity("Create", note))
    await fediverse.settle()
    assert (await get_post(studio, note["id"])).quote_state == "pending"


async def test_misskeys_quotes_come_without_asking(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara, eve = await studio.add_artist("mara"), fediverse.stranger("far.example")
    free = await studio.publish("mara", "a hill")
    kept = await studio.publish("mara", "a tree", quote_policy=QuotePolicy.ASK)
    for number, post in ((1, free), (2, kept)):
        note = eve.note(number, _misskey_quote=post.object_id, quoteUrl=post.object_id)
        await eve.post(f"{mara}/inbox", eve.activity("Create", note, number))
    await fediverse.settle()
    states = [(await get_post(studio, f"{eve.actor}/notes/{number}")).quote_state for number in (1, 2)]
    assert states == ["accepted", "pending"]
    assert await told(studio, "mara") == [("quote", eve.actor), ("quote_request", eve.actor)]


async def test_requests_for_others_and_of_others_come_to_nothing(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara, eve = await studio.add_artist("mara"), fediverse.stranger("far.example")
    kei = fediverse.stranger("pond.example", "kei")
    quoted = await studio.publish("mara", "a hill")
    other = kei.note(1, quote=quoted.object_id)
    kei.serve("/users/kei/notes/1", other)
    eve.serve("/users/eve/notes/5", eve.note(5))
    wrong = [
        eve.activity("QuoteRequest", quoted.object_id, 1, instrument=other["id"]),
        eve.activity("QuoteRequest", quoted.object_id, 2, instrument=f"{eve.actor}/notes/5"),
        eve.activity("QuoteRequest", quoted.object_id, 3),
        eve.activity("QuoteRequest", f"{mara}/posts/1", 4, instrument=f"{eve.actor}/notes/5"),
        eve.activity(
            "QuoteRequest", quoted.object_id, 5, instrument=eve.note(9, attributedTo=kei.actor, quote=quoted.object_id)
        ),
    ]
    for request in wrong:
        await eve.post(f"{mara}/inbox", request)
    await fediverse.settle()
    assert answers(eve) == [] and set(await studio.inbox_states()) == {"ignored"}


async def test_an_answer_counts_only_from_the_quoted_author(fediverse: Fediverse) -> None:
    studio, _ = await two_friends(fediverse)
    eve, kei = fediverse.stranger("far.example"), fediverse.stranger("pond.example", "kei")
    policy = {"interactionPolicy": {"canQuote": {"manualApproval": [PUBLIC]}}}
    await let_mara_follow(studio, kei.actor)
    await kei.post(studio.shared_inbox, kei.activity("Create", kei.note(1, **policy)))
    await fediverse.settle()
    post = await quote_by_mara(studio, f"{kei.actor}/notes/1")
    await fediverse.settle()
    request = next(one for one in kei.documents_received() if one["type"] == "QuoteRequest")
    assert (request["object"], request["instrument"]) == (f"{kei.actor}/notes/1", post.object_id)

    stamp = {"result": f"{kei.base}/stamps/7"}
    await eve.post(studio.shared_inbox, eve.activity("Accept", request, **stamp))
    await kei.post(studio.shared_inbox, kei.activity("Accept", request, 1))
    await kei.post(studio.shared_inbox, kei.activity("Accept", request, 2, result=f"{eve.base}/stamps/7"))
    await fediverse.settle()
    assert (await get_post(studio, post.object_id)).quote_state == "pending"
    await kei.post(studio.shared_inbox, kei.activity("Accept", request["id"], 3, **stamp))
    await fediverse.settle()
    accepted = await get_post(studio, post.object_id)
    assert (accepted.quote_state, accepted.quote_authorization) == ("accepted", stamp["result"])
    await kei.post(studio.shared_inbox, kei.activity("Reject", request))
    await fediverse.settle()
    assert (await get_post(studio, post.object_id)).quote_state == "refused"


async def quote_by_mara(studio: Instance, object_id: str) -> Post:
    return await studio.publish("mara", "look", quotes=object_id)


async def test_what_could_not_be_proven_is_asked_again_when_somebody_reads_it(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    mara = await studio.add_artist("mara")
    eve, kei = fediverse.stranger("far.example"), fediverse.stranger("pond.example", "kei")
    note = quoting_note(eve, kei, tag=[{"type": "Mention", "href": mara}])
    kei.serve("/stamps/1", stamp_of(eve, kei))
    await eve.post(studio.shared_inbox, eve.activity("Create", note))
    await fediverse.settle()
    post = await get_post(studio, note["id"])
    assert post.quote_state == "pending" and fediverse.network.seen("GET", "pond.example") == []
    await prove_quote(studio.services, Resolver(studio.services), post)
    assert (await get_post(studio, note["id"])).quote_state == "accepted"
