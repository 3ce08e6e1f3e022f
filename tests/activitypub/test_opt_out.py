"""One policy, many surfaces: all of them must say the same, and be understood as what was meant."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.opt_out import (
    OPT_OUT_ACTOR_CONTEXT,
    OPT_OUT_CONTEXT,
    TDM_POLICY_NUMBERS,
    OptOut,
    Signals,
    StatedOptOut,
    actor_terms,
    attachment_terms,
    cawg_assertion,
    content_signal_line,
    content_usage_line,
    effective,
    html_links,
    html_meta,
    http_headers,
    object_terms,
    policy_of_tdm_number,
    read_stated_opt_out,
    signals,
    strictest,
    tdmrep_rule,
)
from tests.activitypub.jsonld import expand

AS2 = "https://www.w3.org/ns/activitystreams"
BASE = "https://studio.example"
DMI = "http://ns.useplus.org/ldf/vocab/DMI-"
PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"

policies = st.sampled_from(OptOut)
maybe_policies = st.none() | policies


def said(policy: OptOut) -> Signals:
    return signals(policy, base_url=BASE)


# What each surface, decoded on its own, says about (training, search): True permitted, False refused, None not said.

Meaning = tuple[bool | None, bool | None]


def _from_usage(value: str | None) -> Meaning:
    entries = dict(item.strip().split("=") for item in value.split(",")) if value else {}
    as_bool = {"y": True, "n": False, None: None}
    return as_bool[entries.get("train-ai")], as_bool[entries.get("search")]


def _from_content_signal(line: str | None) -> Meaning:
    entries = dict(item.strip().split("=") for item in line.split(": ")[1].split(",")) if line else {}
    as_bool = {"yes": True, "no": False, None: None}
    return as_bool[entries.get("ai-train")], as_bool[entries.get("search")]


def _from_robots(value: str | None) -> Meaning:
    directives = {item.strip() for item in (value or "").split(",")}
    refused = {"noai", "noimageai"} <= directives
    return (False if refused else None), (False if "noindex" in directives else None)


def _from_data_mining(value: str | None) -> Meaning:
    return {
        None: (None, None),
        f"{DMI}ALLOWED": (True, True),
        f"{DMI}PROHIBITED-AIMLTRAINING": (False, None),
        f"{DMI}PROHIBITED-EXCEPTSEARCHENGINEINDEXING": (False, True),
        f"{DMI}PROHIBITED": (False, False),
    }[value]


def _from_reservation(value: object) -> Meaning:
    return {None: None, 1: False, 0: True, "1": False, "0": True}[value], None


def _from_rsl(s: Signals) -> Meaning:
    training = False if {"ai-train", "ai-all", "all"} & set(s.rsl_prohibits) else None
    search = False if "all" in s.rsl_prohibits else None
    return (True if "ai-train" in s.rsl_permits else training), (True if "search" in s.rsl_permits else search)


def _from_cawg(assertion: dict[str, Any] | None) -> Meaning:
    entries = (assertion or {"entries": {}})["entries"]
    uses = {entries[key]["use"] for key in ("cawg.ai_training", "cawg.ai_generative_training") if key in entries}
    assert len(uses) <= 1
    return {(): None, ("allowed",): True, ("notAllowed",): False}[tuple(uses)], None


def statements(s: Signals) -> dict[str, Meaning]:
    """Every surface, read from what is really sent."""
    thing, attachment, actor = object_terms(s), attachment_terms(s), actor_terms(s)
    headers, meta, rule = dict(http_headers(s)), dict(html_meta(s)), tdmrep_rule(s, "/") or {}
    usage, signal = content_usage_line(s, "/@"), content_signal_line(s)
    by_document = {
        f"{name} {key}": reader(document.get(key))
        for name, document in (("object", thing), ("attachment", attachment), ("actor", actor))
        for key, reader in (
            ("tdm:reservation", _from_reservation),
            ("plus:DataMining", _from_data_mining),
            ("xRobotsTag", _from_robots),
        )
    }
    return by_document | {
        "header usage": _from_usage(headers.get("Content-Usage")),
        "header tdm": _from_reservation(headers.get("tdm-reservation")),
        "header robots": _from_robots(headers.get("X-Robots-Tag")),
        "meta tdm": _from_reservation(meta.get("tdm-reservation")),
        "meta robots": _from_robots(meta.get("robots")),
        "robots.txt usage": _from_usage(usage.removeprefix("Content-Usage: /@ ") if usage else None),
        "robots.txt signal": _from_content_signal(signal),
        "tdmrep.json": _from_reservation(rule.get("tdm-reservation")),
        "xmp": _from_data_mining(s.data_mining),
        "rsl": _from_rsl(s),
        "c2pa": _from_cawg(cawg_assertion(s)),
    }


@given(policies, maybe_policies, maybe_policies, maybe_policies)
def test_all_surfaces_agree_at_every_combination_of_levels(
    instance: OptOut, artist: OptOut | None, post: OptOut | None, picture: OptOut | None
) -> None:
    policy = effective(instance, artist, post, picture)
    meant = {
        OptOut.UNSET: (None, None),
        OptOut.ALLOW: (True, True),
        OptOut.NO_AI_TRAINING: (False, True),
        OptOut.NO_AI: (False, True),
        OptOut.NO_AUTOMATED_USE: (False, False),
    }[policy]
    for surface, (training, search) in statements(said(policy)).items():
        assert training in (None, meant[0]), surface
        assert search in (None, meant[1]), surface
    reserved = policy in TDM_POLICY_NUMBERS
    for surface, (training, _) in statements(said(policy)).items():
        assert (training is False) == reserved, surface  # a reservation is missing nowhere


@given(policies, maybe_policies, maybe_policies, maybe_policies)
def test_the_most_specific_answer_wins(
    instance: OptOut, artist: OptOut | None, post: OptOut | None, picture: OptOut | None
) -> None:
    answers = [answer for answer in (instance, artist, post, picture) if answer is not None]
    assert effective(instance, artist, post, picture) is answers[-1]


def test_an_unset_post_is_silent_under_a_speaking_instance() -> None:
    s = said(effective(OptOut.NO_AI, OptOut.ALLOW, OptOut.UNSET))
    assert object_terms(s) == attachment_terms(s) == actor_terms(s) == {}
    assert http_headers(s) == html_meta(s) == html_links(s) == ()
    assert content_usage_line(s, "/@") is content_signal_line(s) is None
    assert tdmrep_rule(s, "/") is None
    assert cawg_assertion(s) is None
    assert s == Signals(OptOut.UNSET)


@given(policies, policies, policies)
def test_the_stricter_of_two_is_one_of_them_in_any_order(a: OptOut, b: OptOut, c: OptOut) -> None:
    assert strictest(a, b) is strictest(b, a)
    assert strictest(a, b) in (a, b)
    assert strictest(a, strictest(b, c)) is strictest(strictest(a, b), c)


@pytest.mark.parametrize(
    ("a", "b", "stricter"),
    [
        (OptOut.UNSET, OptOut.ALLOW, OptOut.ALLOW),
        (OptOut.ALLOW, OptOut.NO_AI_TRAINING, OptOut.NO_AI_TRAINING),
        (OptOut.NO_AI, OptOut.NO_AI_TRAINING, OptOut.NO_AI),
        (OptOut.NO_AI, OptOut.NO_AUTOMATED_USE, OptOut.NO_AUTOMATED_USE),
    ],
)
def test_strictness(a: OptOut, b: OptOut, stricter: OptOut) -> None:
    assert strictest(a, b) is stricter


def test_the_default_policys_literal_texts() -> None:
    s = signals(OptOut.NO_AI_TRAINING, base_url=BASE, site_policy=OptOut.NO_AI_TRAINING)
    assert http_headers(s) == (
        ("Content-Usage", "train-ai=n"),
        ("tdm-reservation", "1"),
        ("tdm-policy", "https://studio.example/policies/tdm/1"),
        ("X-Robots-Tag", "noai, noimageai"),
        ("Link", '<https://studio.example/license.xml>; rel="license"; type="application/rsl+xml"'),
    )
    assert html_meta(s) == (
        ("robots", "noai, noimageai"),
        ("tdm-reservation", "1"),
        ("tdm-policy", "https://studio.example/policies/tdm/1"),
    )
    assert html_links(s) == (("license", "application/rsl+xml", "https://studio.example/license.xml"),)
    assert object_terms(s) == {
        "tdm:reservation": 1,
        "tdm:policy": "https://studio.example/policies/tdm/1",
        "plus:DataMining": f"{DMI}PROHIBITED-AIMLTRAINING",
        "xRobotsTag": "noai, noimageai",
        "usageInfo": "https://studio.example/policies/ai",
    }
    assert set(object_terms(s)) - set(attachment_terms(s)) == {"usageInfo"}
    assert content_usage_line(s, "/@") == "Content-Usage: /@ train-ai=n"
    assert content_signal_line(s) == "Content-Signal: ai-train=no, search=yes"
    assert content_usage_line(said(OptOut.ALLOW), "/@bob/") == "Content-Usage: /@bob/ train-ai=y"
    assert tdmrep_rule(s, "/") == {
        "location": "/",
        "tdm-reservation": 1,
        "tdm-policy": "https://studio.example/policies/tdm/1",
    }


@pytest.mark.parametrize("policy", OptOut)
def test_no_robots_directive_has_a_colon(policy: OptOut) -> None:
    """img2dataset takes what stands before a colon for an agent's name and then ignores the line."""
    values = [value for name, value in (*http_headers(said(policy)), *html_meta(said(policy))) if "obots" in name]
    assert all(re.fullmatch(r"[a-z]+(, [a-z]+)*", value) for value in values)
    assert len(values) == (2 if policy in TDM_POLICY_NUMBERS else 0)


def test_a_post_with_another_policy_than_the_sites_links_its_own_licence() -> None:
    other = signals(OptOut.ALLOW, base_url=BASE, site_policy=OptOut.NO_AI_TRAINING)
    assert other.license_url == "https://studio.example/license.xml?policy=allow"


def test_only_no_automated_use_hides_an_actor() -> None:
    hidden = actor_terms(said(OptOut.NO_AUTOMATED_USE))
    assert (hidden["discoverable"], hidden["indexable"]) == (False, False)
    assert [setting["name"] for setting in hidden["otherSetting"]] == ["noai", "noindex"]
    for policy in set(OptOut) - {OptOut.NO_AUTOMATED_USE}:
        assert "discoverable" not in actor_terms(said(policy))


def test_each_reserving_policy_has_its_tdm_policy() -> None:
    assert {policy_of_tdm_number(n) for n in (1, 2, 3)} == set(TDM_POLICY_NUMBERS)
    assert policy_of_tdm_number(4) is None
    assert said(OptOut.ALLOW).tdm_policy is None


def test_object_terms_expand_to_their_own_iris() -> None:
    expanded = expand({"@context": [AS2, OPT_OUT_CONTEXT], "type": "Note", **object_terms(said(OptOut.NO_AI))})
    assert expanded == {
        "@type": [f"{AS2}#Note"],
        "http://www.w3.org/ns/tdmrep#reservation": [{"@value": 1}],
        "http://www.w3.org/ns/tdmrep#policy": [{"@id": f"{BASE}/policies/tdm/2"}],
        "http://ns.useplus.org/ldf/xmp/1.0/DataMining": [{"@id": f"{DMI}PROHIBITED-EXCEPTSEARCHENGINEINDEXING"}],
        "https://www.robotstxt.org/meta.html": [{"@value": "noai, noimageai, noarchive"}],
        "http://schema.org/usageInfo": [{"@id": f"{BASE}/policies/ai"}],
    }


@pytest.mark.parametrize("policy", OptOut)
def test_our_own_terms_are_read_back_compact_and_expanded(policy: OptOut) -> None:
    document = {"@context": [AS2, OPT_OUT_ACTOR_CONTEXT], "type": "Note"}
    for terms in (object_terms(said(policy)), attachment_terms(said(policy)), actor_terms(said(policy))):
        assert read_stated_opt_out({"type": "Note", **terms}).policy is policy
        assert read_stated_opt_out(expand({**document, **terms})).policy is policy


DIALECTS: list[tuple[dict[str, Any], OptOut]] = [
    ({"tdm:reservation": "1"}, OptOut.NO_AI_TRAINING),
    ({"tdm:reservation": True}, OptOut.NO_AI_TRAINING),
    ({"tdm:reservation": {"@value": 1}}, OptOut.NO_AI_TRAINING),
    ({"tdm:reservation": [{"@value": "1", "@type": "xsd:integer"}]}, OptOut.NO_AI_TRAINING),
    ({"tdm:reservation": 0}, OptOut.ALLOW),
    ({"tdm:reservation": None}, OptOut.UNSET),
    ({"tdm:reservation": "yes please"}, OptOut.UNSET),
    ({"tdm_reservation": 1}, OptOut.NO_AI_TRAINING),
    ({"http://www.w3.org/ns/tdmrep#reservation": [{"@value": 1}]}, OptOut.NO_AI_TRAINING),
    ({"http://www.w3.org/ns/tdmrep/reservation": 1}, OptOut.NO_AI_TRAINING),
    (
        {"@context": [AS2, {"rights": "http://www.w3.org/ns/tdmrep#"}], "rights:reservation": 1},
        OptOut.NO_AI_TRAINING,
    ),
    (
        {
            "@context": [AS2, {"p": PLUS, "mining": {"@id": "p:DataMining", "@type": "@id"}}],
            "mining": f"{DMI}PROHIBITED",
        },
        OptOut.NO_AUTOMATED_USE,
    ),
    (
        {"@context": {"p": PLUS, "p:DataMining": {"@id": "p:DataMining"}}, "p:DataMining": f"{DMI}ALLOWED"},
        OptOut.ALLOW,
    ),
    ({"plus:DataMining": f"{DMI}PROHIBITED-GENAIMLTRAINING"}, OptOut.NO_AI_TRAINING),
    ({"plus:DataMining": {"@id": f"{DMI}PROHIBITED-AIMLTRAINING"}}, OptOut.NO_AI_TRAINING),
    ({"plus:DataMining": {"id": f"{DMI}PROHIBITED-AIMLTRAINING", "type": "x"}}, OptOut.NO_AI_TRAINING),
    ({"plus:DataMining": ["DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING"]}, OptOut.NO_AI),
    ({"plus:DataMining": f"{DMI}PROHIBITED-SEECONSTRAINT"}, OptOut.NO_AUTOMATED_USE),
    ({"plus:DataMining": f"{DMI}PROHIBITED-ONLYINVENTEDTOMORROW"}, OptOut.NO_AUTOMATED_USE),
    ({"plus:DataMining": f"{DMI}UNSPECIFIED"}, OptOut.UNSET),
    ({"http://ns.useplus.org/ldf/xmp/1.0/DataMining": [{"@id": f"{DMI}PROHIBITED"}]}, OptOut.NO_AUTOMATED_USE),
    ({"xRobotsTag": "noai"}, OptOut.NO_AI_TRAINING),
    ({"xRobotsTag": ["noimageai", "nofollow"]}, OptOut.NO_AI_TRAINING),
    ({"xRobotsTag": {"@list": [{"@id": "https://photo.example/noai"}]}}, OptOut.NO_AI_TRAINING),
    ({"xRobotsTag": "googlebot: noai"}, OptOut.NO_AI_TRAINING),
    ({"xRobotsTag": "NoAI, NoIndex"}, OptOut.NO_AUTOMATED_USE),
    ({"https://www.robotstxt.org/meta.html": [{"@value": "noai"}]}, OptOut.NO_AI_TRAINING),
    ({"xRobotsTag": "noindex"}, OptOut.UNSET),
    ({"otherSetting": [{"type": "PropertyValue", "name": "noai", "value": True}]}, OptOut.NO_AI_TRAINING),
    ({"otherSetting": {"type": "PropertyValue", "name": "noai", "value": "true"}}, OptOut.NO_AI_TRAINING),
    ({"otherSetting": [{"type": "PropertyValue", "name": "noai", "value": False}]}, OptOut.UNSET),
    (
        {
            "http://fedibird.com/ns#otherSetting": [
                {
                    "@type": ["http://schema.org#PropertyValue"],
                    f"{AS2}#name": [{"@value": "noai"}],
                    "http://schema.org#value": [{"@value": True}],
                }
            ]
        },
        OptOut.NO_AI_TRAINING,
    ),
    ({"tdm:reservation": 0, "xRobotsTag": "noai"}, OptOut.NO_AI_TRAINING),
    ({"SPC": 1, "indexable": False, "searchableBy": []}, OptOut.UNSET),
    ({}, OptOut.UNSET),
]


@pytest.mark.parametrize(("document", "policy"), DIALECTS)
def test_every_dialect_is_understood(document: dict[str, Any], policy: OptOut) -> None:
    assert read_stated_opt_out(document).policy is policy


def test_a_search_only_refusal_is_kept_apart() -> None:
    for document in (
        {"xRobotsTag": "noindex"},
        {"xRobotsTag": "none"},
        {"otherSetting": [{"name": "noindex", "value": True}]},
    ):
        stated = read_stated_opt_out(document)
        assert (stated.policy, stated.noindex) == (OptOut.UNSET, True)


def test_what_was_said_and_where_is_remembered() -> None:
    document = {"tdm:reservation": 1, "tdm:policy": "https://photo.example/tdm.json", "xRobotsTag": "noai"}
    assert read_stated_opt_out(document) == StatedOptOut(
        OptOut.NO_AI_TRAINING,
        tdm_policy="https://photo.example/tdm.json",
        vocabularies=("tdm:policy", "tdm:reservation", "xRobotsTag"),
    )
    assert read_stated_opt_out({"tdm:policy": "javascript:alert(1)"}).tdm_policy is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["@id", "@value", "@list", "name", "value", "id", "x"]), children, max_size=3)
    ),
    max_leaves=12,
)
keys = st.sampled_from(["@context", "tdm:reservation", "tdm:policy", "plus:DataMining", "xRobotsTag", "otherSetting"])


@given(st.dictionaries(keys | st.text(max_size=10), json_values, max_size=5))
def test_no_document_is_too_strange_to_read(document: dict[str, Any]) -> None:
    assert isinstance(read_stated_opt_out(document).policy, OptOut)
