"""Rights are in every file where readers look for them, survive hostile names, and are replaced without new pixels."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from cara_fed.protection import Rights, read_data_mining, read_xmp, rewrite_rights
from cara_fed.protection.errors import NotAPicture
from cara_fed.protection.exif import read_camera_facts, read_exif
from cara_fed.protection.formats import gif, jpeg
from cara_fed.protection.rights.iptc import BY_LINE, COPYRIGHT_NOTICE, CREDIT, read_datasets
from cara_fed.protection.rights.xmp import DC, PHOTOSHOP, PLUS, build_xmp, read_properties
from cara_fed.protection.rights.xmp import RIGHTS as XMP_RIGHTS
from cara_fed.protection.values import ProtectedPicture
from tests.cara_fed.protection.pictures import (
    RIGHTS,
    TRAINING,
    animation,
    decode,
    drawing,
    encode,
    encode_animation,
    federated,
    photo,
    run,
    sticker,
)

PROHIBITED = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"
HOSTILE = [
    '"><script>alert(1)</script>',
    "]]></rdf:li></rdf:RDF><plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-ALLOWED</plus:DataMining>",
    "<?xpacket end='w'?><!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "nul\x00 bell\x07 escape\x1b lone\ud800 last\uffff",
    "&amp; &lt; &#0; %s {0} \\u0000",
    "line\r\nbreak\rand\ttab",
    "ümläut 日本語 🎨‮right-to-left",
    "x" * 100_000,
]
PICTURES = {
    "jpeg": lambda: encode(photo(), "JPEG"),
    "png": lambda: encode(drawing(), "PNG"),
    "png with alpha": lambda: encode(sticker(), "PNG"),
    "gif": lambda: encode_animation(animation(), "GIF"),
}


def properties(data: bytes) -> dict[str, str]:
    packet = read_xmp(data)
    assert packet is not None
    return dict(read_properties(packet))


@pytest.mark.parametrize("name", PICTURES)
def test_every_rendition_states_the_rights(name: str) -> None:
    for one in run(PICTURES[name]()).renditions:
        stated = properties(one.data)
        assert stated[f"{PLUS}DataMining"] == TRAINING == read_data_mining(one.data)
        assert stated[f"{DC}creator"] == RIGHTS.creator
        assert stated[f"{DC}rights"] == RIGHTS.copyright_notice
        assert stated[f"{PHOTOSHOP}Credit"] == RIGHTS.credit
        assert stated[f"{XMP_RIGHTS}WebStatement"] == RIGHTS.web_statement
        assert stated[f"{XMP_RIGHTS}Marked"] == "True"
        assert TRAINING.encode() in one.data, "XMP stands uncompressed"


def test_exif_and_iptc_repeat_what_they_can() -> None:
    data = federated(run(PICTURES["jpeg"]()))
    embedded = jpeg.read_embedded(data)
    assert read_exif(embedded.exif).main.text(0x013B) == RIGHTS.creator
    assert read_exif(embedded.exif).main.text(0x8298) == RIGHTS.copyright_notice
    datasets = dict(read_datasets(embedded.iptc))
    assert datasets[BY_LINE] == RIGHTS.creator
    assert datasets[CREDIT] == RIGHTS.credit
    assert datasets[COPYRIGHT_NOTICE] == RIGHTS.copyright_notice
    assert decode(data).getexif()[0x013B].encode("latin-1").decode() == RIGHTS.creator


def test_unset_says_nothing_about_data_mining() -> None:
    silent = Rights(creator="@mara@studio.example", copyright_notice="© 2026 Mara")
    for name in PICTURES:
        for one in run(PICTURES[name](), rights=silent).renditions:
            assert read_data_mining(one.data) is None
            assert b"DataMining" not in one.data
            assert b"useplus.org/ldf/vocab" not in one.data


def test_no_rights_at_all_leave_no_metadata() -> None:
    for name in PICTURES:
        for one in run(PICTURES[name](), rights=Rights()).renditions:
            assert read_xmp(one.data) is None
            assert b"Exif\x00" not in one.data
            assert b"eXIf" not in one.data


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text: str) -> None:
    rights = Rights(creator=text, credit=text, copyright_notice=text, usage_terms=text, data_mining=TRAINING)
    for name in PICTURES:
        made = run(PICTURES[name](), rights=rights)
        for one in made.renditions:
            stated = properties(one.data)
            assert stated[f"{PLUS}DataMining"] == TRAINING
            assert stated[f"{DC}creator"] == stated[f"{DC}rights"] == stated[f"{XMP_RIGHTS}UsageTerms"]
            assert (
                len([key for key, _ in read_properties(read_xmp(one.data) or b"") if key.endswith("DataMining")]) == 1
            )
            decode(one.data)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_comes_back_but_for_what_xml_forbids(text: str) -> None:
    packet = build_xmp(Rights(creator=f"a{text}z", data_mining=TRAINING))
    stated = dict(read_properties(packet))
    kept = stated[f"{DC}creator"]
    assert kept.startswith("a")
    assert kept.endswith("z")
    assert all(one in f"a{text}z\n" for one in kept)
    assert stated[f"{PLUS}DataMining"] == TRAINING


def test_longest_texts_fit_every_container() -> None:
    longest = Rights(*(["\"'<>&" * 2000] * 5), data_mining="&" * 9000, other_constraints="<" * 9000)
    for name in PICTURES:
        for one in run(PICTURES[name](), rights=longest).renditions:
            assert properties(one.data)[f"{DC}creator"].startswith("\"'<>&")


@pytest.mark.parametrize("name", PICTURES)
def test_rewriting_changes_the_rights_and_no_pixel(name: str) -> None:
    changed = Rights(creator="@noor@atelier.example", data_mining=PROHIBITED, copyright_notice="© Noor")
    for one in run(PICTURES[name]()).renditions:
        rewritten = rewrite_rights(one.data, changed)
        assert rewritten != one.data
        assert read_data_mining(rewritten) == PROHIBITED
        assert properties(rewritten)[f"{DC}creator"] == "@noor@atelier.example"
        assert b"mara" not in rewritten
        before, after = decode(one.data), decode(rewritten)
        assert before.info.get("icc_profile") == after.info.get("icc_profile")
        for number in range(getattr(before, "n_frames", 1)):
            before.seek(number)
            after.seek(number)
            assert (np.asarray(before.convert("RGBA")) == np.asarray(after.convert("RGBA"))).all()
        assert rewrite_rights(rewritten, RIGHTS) == one.data, "and back again, byte for byte"


def test_rewriting_to_unset_takes_the_statement_out() -> None:
    for name in PICTURES:
        for one in run(PICTURES[name]()).renditions:
            rewritten = rewrite_rights(one.data, Rights())
            assert b"DataMining" not in rewritten
            assert read_xmp(rewritten) is None


@pytest.mark.parametrize("data", [b"", b"GIF8", b"plain text", encode(photo(), "TIFF")])
def test_rights_cannot_be_written_elsewhere(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        rewrite_rights(data, RIGHTS)


def test_camera_facts_are_kept_only_if_asked_for_and_through_a_rewrite() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Lumen", "Lumen X\x07", "Painter 3"
    exif.get_ifd(0x8769).update(
        {
            0x829A: IFDRational(1, 250),
            0x829D: IFDRational(28, 10),
            0x8827: 400,
            0x920A: IFDRational(35, 1),
            0xA434: "35 mm",
            0xA431: "S3R14L",
            0x9003: "2026:01:02",
        }
    )
    exif.get_ifd(0x8825).update({1: "N", 2: (12.0, 34.0, 56.0)})
    data = encode(photo(), "JPEG", exif=exif.tobytes())

    assert b"Lumen" not in federated(run(data))
    kept = run(data, keep_camera_facts=True)
    for one in (federated(kept), rewrite_rights(federated(kept), Rights(creator="Noor"))):
        facts = read_camera_facts(jpeg.read_embedded(one).exif)
        assert facts["make"] == "Lumen"
        assert facts["model"] == "Lumen X"
        assert facts["iso"] == 400
        assert float(facts["exposure_time"]) == pytest.approx(0.004)
        assert facts["lens"] == "35 mm"
        assert b"S3R14L" not in one
        assert not read_exif(jpeg.read_embedded(one).exif).gps.entries
    assert "Kept as you asked" in "".join(line.text for line in kept.report)


def test_readers_that_count_gif_blocks_find_their_way_behind_xmp() -> None:
    data = federated(run(PICTURES["gif"]()))
    blocks = gif.read_blocks(data)
    assert blocks[-1].application(data) == gif.XMP_APPLICATION
    assert data[blocks[-1].end :] == b";"
    assert blocks[0].application(data) == b"NETSCAPE2.0"


@pytest.mark.parametrize(
    "written",
    [
        '<rdf:Description xmlns:plus="{ns}" plus:DataMining="{value}"/>',
        '<rdf:Description xmlns:plus="{ns}"><plus:DataMining>{value}</plus:DataMining></rdf:Description>',
        '<rdf:Description xmlns:p="{ns}"><p:DataMining rdf:resource="{value}"/></rdf:Description>',
    ],
)
def test_other_programs_ways_of_writing_are_read(written: str) -> None:
    body = written.format(ns=PLUS, value=TRAINING)
    packet = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">{body}</rdf:RDF></x:xmpmeta>'.encode()
    assert dict(read_properties(b"\x00  " + packet + b"   \x00"))[f"{PLUS}DataMining"] == TRAINING


RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<",
        b"\xff\xfe\x00",
        b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>',
        b"<a>" * 5000,
        b"<?xml version='1.0' encoding='nonsense'?><a/>",
    ],
)
def test_malformed_xmp_gives_nothing_and_harms_nothing(packet: bytes) -> None:
    assert all(len(value) < 100 for _, value in read_properties(packet))


def exiftool(made: ProtectedPicture, folder: Path) -> list[dict[str, object]]:
    for one in made.renditions:
        (folder / f"{one.kind.value}.{one.extension}").write_bytes(one.data)
    command = [
        "exiftool",
        "-j",
        "-n",
        "-a",
        "-G1",
        "-all",
        "-validate",
        "-warning",
        *map(str, sorted(folder.iterdir())),
    ]
    found: list[dict[str, object]] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("name", PICTURES)
def test_exiftool_reads_the_same(name: str, tmp_path: Path) -> None:
    for one in exiftool(run(PICTURES[name]()), tmp_path):
        assert one["XMP-plus:DataMining"] == TRAINING
        assert one["XMP-dc:Creator"] == RIGHTS.creator
        assert one["XMP-dc:Rights"] == RIGHTS.copyright_notice
        assert one["XMP-photoshop:Credit"] == RIGHTS.credit
        assert one["XMP-xmpRights:WebStatement"] == RIGHTS.web_statement
        assert one["XMP-xmpRights:Marked"] is True
        assert one["ExifTool:Validate"] == "0 0 0", one
        if one["File:FileType"] != "GIF":
            assert one["IFD0:Artist"] == RIGHTS.creator
            assert one["IFD0:Copyright"] == RIGHTS.copyright_notice
        if one["File:FileType"] == "JPEG":
            assert one["IPTC:By-line"] == RIGHTS.creator
            assert one["IPTC:CopyrightNotice"] == RIGHTS.copyright_notice
            assert one["Photoshop:IPTCDigest"] == one["File:CurrentIPTCDigest"]
