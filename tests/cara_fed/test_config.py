"""instance.toml: defaults, and every mistake at once by its dotted key."""

import asyncio
from pathlib import Path

import pytest

from activitypub.opt_out import OptOut
from cara_fed.config import Config, database_url, load_config, read_secret, require_files
from cara_fed.errors import ConfigError
from cara_fed.services import open_services

ROOT = Path(__file__).parents[2]


def write(folder: Path, text: str) -> Path:
    path = folder / "instance.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_in(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(write(folder, text))
    return [line.removeprefix(f"{folder}/") for line in caught.value.mistakes]


def test_an_empty_file_is_an_instance_on_this_machine(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""))
    assert config.site.base == "http://localhost:8080"
    assert config.opt_out.default is OptOut.NO_AI_TRAINING
    assert config.federation.authorized_fetch


def test_the_file_that_ships_says_the_defaults(tmp_path: Path) -> None:
    shipped = load_config(ROOT / "instance.toml").model_dump(exclude={"folder"})
    default = load_config(write(tmp_path, "")).model_dump(exclude={"folder"})
    assert shipped == default


def test_a_public_domain_is_https_unless_said(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, '[instance]\ndomain = "studio.example"\n'))
    assert config.site.base == "https://studio.example"


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = """
    [instance]
    domain = "studio.example"
    scheme = "http"
    colour = "red"
    [servers]
    [opt_out]
    default = "never"
    [[blocklist.subscriptions]]
    url = "https://lists.example/a.csv"
    format = "mastodon-csv"
    refresh_hours = 0
    """
    found = mistakes_in(tmp_path, text)
    keys = {line.split(": ")[1] for line in found}
    assert {
        "instance.scheme",
        "instance.colour",
        "servers",
        "opt_out.default",
        "blocklist.subscriptions.0.refresh_hours",
    } <= keys
    assert all(line.startswith("instance.toml: ") for line in found)


def test_the_limit_is_told_in_words(tmp_path: Path) -> None:
    text = '[[blocklist.subscriptions]]\nurl = "https://a.example/"\nformat = "text"\nrefresh_hours = 0\n'
    expected = "instance.toml: blocklist.subscriptions.0.refresh_hours: must be greater than or equal to 1"
    assert mistakes_in(tmp_path, text) == [expected]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[instance]\ndomain = "studio.example"\nscheme = "http"', "instance.scheme"),
        ('[instance]\ndomain = "Studio.example"', "instance.domain"),
        ('[instance]\ndomain = "studio.example/path"', "instance.domain"),
        ('[instance]\ndomain = "me@studio.example"', "instance.domain"),
        ('[server]\nbind = "8080"', "server.bind"),
        ('[server]\ntrusted_proxies = ["proxy"]', "server.trusted_proxies.0"),
        ('[storage]\ndatabase = "mysql://x"', "storage.database"),
        ('[storage]\nmedia = "ftp://x"', "storage.media"),
        ('[storage]\ndatabase = "postgresql+asyncpg://me:secret@db/x"', "storage.database"),
        ('[federation]\nallowed_private_networks = ["127.0.0.1/8"]', "federation.allowed_private_networks.0"),
        ("[federation]\nauthorised_fetch = true", "federation.authorised_fetch"),
        ('folder = "/"', "folder"),
        ('[federation]\nauthorized_fetch = "yes"', "federation.authorized_fetch"),
        ("[federation]\nauthorized_fetch = 1", "federation.authorized_fetch"),
        ("[server]\nmax_upload_mib = 400.0", "server.max_upload_mib"),
        ("[server]\nmax_upload_mib = true", "server.max_upload_mib"),
        ('[protection]\nworkers = "2"', "protection.workers"),
        ("[instance]\nname = 2020-01-01", "instance.name"),
        ("[server]\ntrusted_proxies = [2130706433]", "server.trusted_proxies.0"),
        ('[storage]\nmedia = "s3://bucket"', "storage.s3"),
    ],
)
def test_a_mistake_names_its_key(tmp_path: Path, text: str, key: str) -> None:
    assert key in {line.split(": ")[1] for line in mistakes_in(tmp_path, text)}


def test_a_missing_file_and_broken_toml_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_config(tmp_path / "none.toml")
    assert "is not TOML" in mistakes_in(tmp_path, "[instance")[0]


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, ""))
    assert database_url(config) == f"sqlite+aiosqlite:///{tmp_path}/data/cara.sqlite3"
    assert config.resolve(config.storage.media) == tmp_path / "data/media"


def test_the_database_password_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("p/ss word\n", encoding="utf-8")
    text = """
    [storage]
    database = "postgresql+asyncpg://cara@db.example/cara"
    database_password_file = "secret"
    """
    config = load_config(write(tmp_path, text))
    assert database_url(config, {}) == "postgresql+asyncpg://cara:p%2Fss%20word@db.example/cara"
    given = {"CARA_FED_DATABASE_PASSWORD": "other"}
    assert database_url(config, given) == "postgresql+asyncpg://cara:other@db.example/cara"


def test_a_secret_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    config: Config = load_config(write(tmp_path, ""))
    with pytest.raises(ConfigError, match="cannot be read"):
        read_secret(config, "X", "nowhere", {})


def test_mistakes_are_told_in_plain_words(tmp_path: Path) -> None:
    text = 'colour = "red"\nserver = 3\n[instance]\nname = 3\nlanguages = "en"\n[blocklist]\nthreshold = "many"\n'
    assert sorted(mistakes_in(tmp_path, text)) == [
        "instance.toml: blocklist.threshold: must be a whole number",
        "instance.toml: colour: there is no such key",
        "instance.toml: instance.languages: must be a list in brackets",
        "instance.toml: instance.name: must be a text in quotes",
        "instance.toml: server: must be a table",
    ]


def test_files_that_are_named_have_to_be_there(tmp_path: Path) -> None:
    path = write(tmp_path, '[storage]\ndatabase_password_file = "password"\n[federation]\nca_file = "ca.pem"\n')
    (tmp_path / "password").touch()
    with pytest.raises(ConfigError) as caught:
        require_files(path, load_config(path))
    assert caught.value.mistakes == (f"{path}: federation.ca_file: {tmp_path}/ca.pem cannot be read",)


def test_a_key_that_is_too_short_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "")
    for name in ("CARA_FED_CAPABILITY_KEY", "CARA_FED_SESSION_KEY"):
        monkeypatch.setenv(name, "short")
        with pytest.raises(ConfigError, match=rf"\${name}: must have at least 32 bytes; these are 5"):
            asyncio.run(open_once(path))
        monkeypatch.delenv(name)


def test_an_object_store_without_its_secret_is_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, '[storage]\nmedia = "s3://bucket"\n[storage.s3]\naccess_key_id = "key"\n')
    with pytest.raises(ConfigError, match="the secret key is missing"):
        asyncio.run(open_once(path))


async def open_once(path: Path) -> None:
    async with open_services(load_config(path)):
        pass
