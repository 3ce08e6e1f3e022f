"""Agents are known by whole names; nobody of the fediverse is mistaken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cara_fed.opt_out.agents import own_agents
from cara_fed.opt_out.user_agents import AgentTable, read_names

TABLE = AgentTable(own_agents().agents)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"

FEDIVERSE = (
    "Mastodon/4.4.0 (http.rb/5.2.0; +https://code.example/)",
    "http.rb/5.1.1 (Mastodon/4.2.10; +https://spider.example/)",
    "Mastodon/4.5.0-nightly (http.rb/5.3.1; +https://operator.example/) Bot",
    "gotosocial/0.19.1 (+https://cursor.gts.example)",
    "GoToSocial/0.17.3+git-a1b2c3 (+https://devin.example)",
    "Lemmy/0.19.9; +https://operator.example",
    "PieFed/1.2; +https://trae.example",
    "Mbin/1.8.2 (+https://yak.example/agent)",
    "Misskey/2025.4.1 (https://spider.example)",
    "Sharkey/2025.2.3 (https://code.example)",
    "Iceshrimp.NET/2025.1 (https://openai.example)",
    "Pleroma 2.9.1; https://operator.example <admin@operator.example>",
    "Akkoma 3.15.2-0-gab; https://code.example <code@code.example>",
    "Friendica 'Interrupted Fern' 2024.12-1573; https://spider.example",
    "PeerTube/7.1.1 (+https://scrapy.example)",
    "PixelFed/0.12.5 (+https://yak.example)",
    "Pixelfed/0.12.4 (Pixelfed/0.12.4; +https://exabot.example)",
    "WordPress/6.8; https://code.example; ActivityPub",
    "BookWyrm/0.7.5 (BookWyrm/0.7.5; +https://cursor.example/)",
    "snac/2.76; +https://devin.example",
    "Owncast v0.2.1 (https://spider.example)",
    "Mobilizon/5.1.2 (operator.example)",
    "Hubzilla (code.example)",
    "Funkwhale/1.4.0 (federation@spider.example)",
    "microblog.pub/2.0.0+git (+https://cursor.example)",
    "Bridgy Fed (https://fed.brid.gy/)",
    "Bookwyrm, from applebot.example",
    "TootCat/2.1 (+mailto:operator@cursor.example)",
    "cara_fed/0.1.0 (+https://code.example/)",
    "FediFetcher/7.1.15; +cursor.example (https://go.thms.uk/ff)",
)
READERS = (
    "FreshRSS/1.24.3 (Linux; https://freshrss.org)",
    "Mozilla/5.0 (compatible; Miniflux/2.2.0; +https://miniflux.app)",
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)",
    "Mozilla/5.0 (compatible; inoreader.com; 3 subscribers)",
    "NetNewsWire (RSS Reader; https://netnewswire.com/)",
    "Tiny Tiny RSS/24.08 (https://tt-rss.org/)",
    "Feedbin feed-id:1 - 12 subscribers",
    "Thunderbird/128.0",
    "Discourse Forum Onebox v3.4",
    "Iframely/1.3.1 (+https://iframely.com/docs/about)",
)
"""Who reads feeds and asks how to embed, for people."""
PEOPLE = (
    BROWSER,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/8.11.0",
    "Tusky/26.2 (Android 14)",
    "VSCode/1.96",
    "python-requests/2.32",
    "Spiderman/2",
    "",
    "(((",
    "))(;;",
)
CRAWLERS = (
    ("GPTBot/1.2", "GPTBot"),
    ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://x.example/bot)", "GPTBot"),
    (f"{BROWSER[:-14]} (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ClaudeBot"),
    ("CCBot/2.0 (https://commoncrawl.org/faq/)", "CCBot"),
    ("Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
     "Bytespider"),
    ("meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)", "Meta-ExternalAgent"),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "facebookexternalhit"),
    ("Mozilla/5.0 (compatible; Kangaroo Bot/1.0)", "Kangaroo Bot"),
    ("Datenbank Crawler/2.1 (+https://example.org)", "Datenbank Crawler"),
    ("Mozilla/5.0 (compatible; Brightbot 1.0)", "Brightbot"),
    ("iaskspider", "iaskspider"),
    ("Mozilla/5.0 (compatible; iaskspider/2.0; +https://iask.com)", "iaskspider"),
    ("MistralAI-User/2.3", "MistralAI-User"),
    ("Scrapy/2.12.0 (+https://scrapy.org)", "Scrapy"),
    ("gptbot", "GPTBot"),
    ("Mozilla/5.0 Gecko/20100101 Firefox/72.0 (compatible; img2dataset; +https://github.com/rom1504/img2dataset)",
     "img2dataset"),
    ("Mozilla/5.0 (outer (inner; PerplexityBot/1.0) end)", "PerplexityBot"),
)  # fmt: skip


@pytest.mark.parametrize("user_agent", [*FEDIVERSE, *READERS, *PEOPLE])
def test_nobody_of_the_fediverse_and_no_browser_is_a_listed_agent(user_agent: str) -> None:
    assert TABLE.find(user_agent) is None


@pytest.mark.parametrize(("user_agent", "name"), CRAWLERS)
def test_crawlers_are_known_where_they_name_themselves(user_agent: str, name: str) -> None:
    found = TABLE.find(user_agent)
    assert found is not None and found.name == name


@pytest.mark.parametrize("agent", own_agents().agents, ids=lambda agent: agent.name)
def test_every_agent_of_the_table_is_known_in_each_usual_form(agent: object) -> None:
    name = agent.name  # type: ignore[attr-defined]
    for form in (f"{name}/1.0", f"Mozilla/5.0 (compatible; {name}/3.1; +https://x.example)", name.upper(), f"{name} 2"):
        assert TABLE.find(form) is agent


@given(st.sampled_from(own_agents().agents), st.sampled_from(("+https://{}.example", "{}@x.example", "+{}")))
def test_a_name_within_an_address_is_nobody(agent: object, address: str) -> None:
    inside = address.format(agent.name.replace(" ", ""))  # type: ignore[attr-defined]
    assert TABLE.find(f"Mastodon/4.4 (http.rb/5.1; {inside})") is None


@given(st.text(max_size=2000))
def test_no_header_breaks_it(user_agent: str) -> None:
    list(read_names(user_agent))
    TABLE.find(user_agent)


def test_the_table_is_large_dated_and_says_each_name_once() -> None:
    table = own_agents()
    assert len(table.agents) > 150
    assert table.dated == "2026-11-21"
    assert len({agent.key for agent in table.agents}) == len(table.agents)
    assert all(agent.purposes for agent in table.agents)
