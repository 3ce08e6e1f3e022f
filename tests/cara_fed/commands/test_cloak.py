"""``cara-fed cloak install``: the model is what it should be, or nothing changes."""

from pathlib import Path

from tests.cara_fed.commands.test_commands import Shell, shell, studio
from tests.cara_fed.protection.cloaks import MODEL, needs_model

__all__ = ["shell", "studio"]


def test_a_file_that_is_not_the_model_is_refused_and_nothing_is_kept(studio: Shell, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pth"
    wrong.write_bytes(b"x" * 2_537_004)
    assert "is not the cloak's model" in studio.refused("cloak", "install", "--from", str(wrong))
    assert "cannot be read" in studio.refused("cloak", "install", "--from", str(tmp_path / "missing"))
    assert not studio.config.with_name("data").joinpath("cloak").exists()


def test_without_a_connection_it_says_what_to_do(studio: Shell) -> None:
    said = studio.refused("cloak", "install")
    assert "could not be fetched" in said
    assert "cara-fed cloak install --from PATH" in said


@needs_model
def test_the_model_is_put_in_place_from_a_path(studio: Shell) -> None:
    said = studio.run("cloak", "install", "--from", str(MODEL))
    place = studio.config.with_name("data") / "cloak" / "taesana_encoder.pth"
    assert str(place) in said
    assert place.read_bytes() == MODEL.read_bytes()
    assert [path.name for path in place.parent.iterdir()] == [place.name]
