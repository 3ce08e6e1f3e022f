"""``cara-fed protect`` alone: files written, a report in words or JSON, one sentence and 1 on refusal."""

import json
from pathlib import Path

import pytest

from cara_fed.protection import RenditionKind, read_data_mining
from cara_fed.protection.command import run_protect
from tests.cara_fed.protection.pictures import TRAINING, animation, decode, encode, encode_animation, photo

Output = pytest.CaptureFixture[str]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.jpg"
    path.write_bytes(encode(photo(), "JPEG", comment=b"private note"))
    return path


def test_one_file_gets_the_federated_rendition(source: Path, tmp_path: Path, capsys: Output) -> None:
    assert run_protect(source, str(tmp_path / "out.jpg")) == 0
    written = (tmp_path / "out.jpg").read_bytes()
    assert decode(written).size == (96, 64)
    assert read_data_mining(written) == TRAINING
    said = capsys.readouterr()
    assert "Left behind: comments" in said.out
    assert "out.jpg: federated, image/jpeg, 96 × 64" in said.out
    assert said.err == ""
    assert source.read_bytes() == encode(photo(), "JPEG", comment=b"private note")


@pytest.mark.parametrize("destination", ["new/folder/", "existing"])
def test_a_folder_gets_all_renditions(source: Path, tmp_path: Path, capsys: Output, destination: str) -> None:
    (tmp_path / "existing").mkdir()
    assert run_protect(source, f"{tmp_path}/{destination}", as_json=True) == 0
    names = {"federated.jpg", "web.webp", "web_plain.jpg", "web_small.webp", "thumbnail.jpg"}
    assert {path.name for path in (tmp_path / destination).iterdir()} == names

    report = json.loads(capsys.readouterr().out)
    assert report["input"] == str(source)
    assert (report["format"], report["width"], report["height"]) == ("jpeg", 96, 64)
    for one in report["renditions"]:
        assert Path(one["path"]).stat().st_size == one["bytes"]
    assert [line["step"] for line in report["report"]][:3] == ["sniff", "measure", "read_metadata"]
    assert report["provenance"] == []
    assert len(report["blurhash"]) >= 6


def test_an_animation_keeps_moving(tmp_path: Path, capsys: Output) -> None:
    source = tmp_path / "walk.gif"
    source.write_bytes(encode_animation(animation(), "GIF"))
    assert run_protect(source, f"{tmp_path}/out/") == 0
    assert decode((tmp_path / "out" / f"{RenditionKind.MOVING.value}.webp").read_bytes()).n_frames == 5  # type: ignore[attr-defined]
    assert "moving GIF" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "This file is no picture that is read here; upload JPEG, PNG, WebP, GIF, AVIF or TIFF."),
        (encode(photo(), "JPEG")[:500], "The picture file is cut off before its end; export or upload it once more."),
    ],
)
def test_a_refusal_is_one_sentence(tmp_path: Path, capsys: Output, content: bytes, sentence: str) -> None:
    source = tmp_path / "in"
    source.write_bytes(content)
    assert run_protect(source, str(tmp_path / "out.jpg")) == 1
    said = capsys.readouterr()
    assert said.err == f"{sentence}\n"
    assert said.out == ""
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


def test_what_is_not_there_is_said(tmp_path: Path, capsys: Output) -> None:
    assert run_protect(tmp_path / "nothing.jpg", str(tmp_path / "out.jpg")) == 1
    assert capsys.readouterr().err == f"{tmp_path}/nothing.jpg: No such file or directory.\n"


def test_the_original_is_never_overwritten(source: Path, capsys: Output) -> None:
    before = source.read_bytes()
    assert run_protect(source, str(source)) == 1
    assert "original itself" in capsys.readouterr().err
    assert source.read_bytes() == before
