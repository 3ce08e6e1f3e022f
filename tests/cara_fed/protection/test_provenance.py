"""Every declared or left-behind sign of a generator is found where its maker puts it, and human work is left alone."""

import json
import struct
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from cara_fed.protection.formats import jpeg, png, webp
from cara_fed.protection.provenance.c2pa import find_in_manifests
from cara_fed.protection.values import Finding
from tests.cara_fed.protection.pictures import (
    drawing,
    encode,
    insert_chunks,
    insert_segments,
    line,
    photo,
    run,
)

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
WEBUI = "a fox in snow\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Model hash: ab12"
COMFY = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}})


def cbor(value: object) -> bytes:
    """Enough CBOR for a manifest."""
    if isinstance(value, dict):
        return bytes((0xA0 | len(value),)) + b"".join(cbor(key) + cbor(one) for key, one in value.items())
    if isinstance(value, list):
        return bytes((0x80 | len(value),)) + b"".join(cbor(one) for one in value)
    text = str(value).encode()
    return (bytes((0x60 | len(text),)) if len(text) < 24 else b"\x78" + bytes((len(text),))) + text


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def assertion(label: str, content: bytes, kind: bytes = b"cbor") -> bytes:
    return box(b"jumb", box(b"jumd", bytes(16) + b"\x03" + label.encode() + b"\x00") + box(kind, content))


def manifest(*assertions: bytes) -> bytes:
    inner = assertion("c2pa.assertions", b"") + b"".join(assertions)
    return box(b"jumb", box(b"jumd", bytes(16) + b"\x03c2pa\x00") + box(b"jumb", inner))


def actions(source_type: str, agent: object = "Painter 3") -> bytes:
    action = {"action": "c2pa.created", "digitalSourceType": SOURCE + source_type, "softwareAgent": agent}
    return assertion("c2pa.actions.v2", cbor({"actions": [action]}))


def xmp(body: str, attributes: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
        f"{attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def in_jpeg_xmp(body: str, attributes: str = "") -> bytes:
    return insert_segments(encode(photo(), "JPEG"), jpeg.build_segment(jpeg.APP1, jpeg.XMP + xmp(body, attributes)))


def element(name: str, text: str) -> str:
    return f"<Iptc4xmpExt:{name}>{text}</Iptc4xmpExt:{name}>"


def in_png_text(key: str, text: str, kind: str = "tEXt") -> bytes:
    body = text.encode("latin-1", "replace")
    chunk = (
        png.build_text(key, text.encode()) if kind == "iTXt" else png.build_chunk(b"tEXt", key.encode() + b"\0" + body)
    )
    return insert_chunks(encode(photo(), "PNG"), chunk)


def in_exif(made_as: str, **fields: str | bytes) -> bytes:
    numbers = {"Make": 0x010F, "Model": 0x0110, "Software": 0x0131, "ImageDescription": 0x010E, "Artist": 0x013B}
    exif = Image.Exif()
    for name, value in fields.items():
        if name == "UserComment":
            exif.get_ifd(0x8769)[0x9286] = value
        else:
            exif[numbers[name]] = value
    return encode(photo(), made_as, exif=exif.tobytes())


def in_c2pa(jumbf: bytes, made_as: str = "JPEG") -> bytes:
    if made_as == "JPEG":
        head, body = b"JP\x00\x01\x00\x00\x00", jumbf[:8]
        portions = [jumbf[8:][at : at + 100] for at in range(0, len(jumbf) - 8, 100)]
        segments = [
            jpeg.build_segment(jpeg.APP11, head + bytes((number,)) + body + portion)
            for number, portion in enumerate(portions, 1)
        ]
        return insert_segments(encode(photo(), "JPEG"), *segments)
    if made_as == "PNG":
        return insert_chunks(encode(photo(), "PNG"), png.build_chunk(b"caBX", jumbf))
    if made_as == "WEBP":
        return webp.build_file((*webp.read_chunks(encode(photo(), "WEBP")), webp.Chunk(b"C2PA", jumbf)))
    if made_as == "GIF":
        plain = encode(drawing(), "GIF")
        blocks = b"".join(
            bytes((len(jumbf[at : at + 255]),)) + jumbf[at : at + 255] for at in range(0, len(jumbf), 255)
        )
        return plain[:-1] + b"\x21\xff\x0bC2PA_GIF\x01\x00\x00" + blocks + b"\x00" + plain[-1:]
    if made_as == "TIFF":
        return encode(photo(), "TIFF", tiffinfo={0xCD41: jumbf})
    uuid = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(4) + b"manifest\x00" + bytes(8) + jumbf
    return encode(photo(), "AVIF") + box(b"uuid", uuid)


GENERATED = manifest(actions("trainedAlgorithmicMedia"))
DECLARED: dict[str, tuple[Callable[[], bytes], str]] = {
    "c2pa jpeg": (lambda: in_c2pa(GENERATED), "c2pa-source-type:trainedAlgorithmicMedia"),
    "c2pa png": (lambda: in_c2pa(GENERATED, "PNG"), "c2pa-source-type:trainedAlgorithmicMedia"),
    "c2pa webp": (lambda: in_c2pa(GENERATED, "WEBP"), "c2pa-source-type:trainedAlgorithmicMedia"),
    "c2pa gif": (lambda: in_c2pa(GENERATED, "GIF"), "c2pa-source-type:trainedAlgorithmicMedia"),
    "c2pa tiff": (lambda: in_c2pa(GENERATED, "TIFF"), "c2pa-source-type:trainedAlgorithmicMedia"),
    "c2pa avif": (lambda: in_c2pa(GENERATED, "AVIF"), "c2pa-source-type:trainedAlgorithmicMedia"),
    "c2pa composite": (
        lambda: in_c2pa(manifest(actions("compositeWithTrainedAlgorithmicMedia"))),
        "c2pa-source-type:compositeWithTrainedAlgorithmicMedia",
    ),
    "c2pa ingredient": (
        lambda: in_c2pa(manifest(actions("digitalCreation")) + manifest(actions("trainedAlgorithmicMedia"))),
        "c2pa-source-type:trainedAlgorithmicMedia",
    ),
    "c2pa json": (
        lambda: in_c2pa(
            manifest(assertion("c2pa.actions", b'{"digitalSourceType": "%strainedAlgorithmicMedia"}' % SOURCE.encode()))
        ),
        "c2pa-source-type:trainedAlgorithmicMedia",
    ),
    "c2pa agent": (lambda: in_c2pa(manifest(actions("digitalCreation", {"name": "GPT-4o"}))), "c2pa-agent"),
    "c2pa claim": (
        lambda: in_c2pa(manifest(assertion("c2pa.claim", cbor({"claim_generator": "Adobe Firefly"})))),
        "c2pa-agent",
    ),
    "c2pa signer": (lambda: in_c2pa(manifest(assertion("c2pa.signature", b"\x30\x82 O=OpenAI OpCo"))), "c2pa-signer"),
    "iptc element": (
        lambda: in_jpeg_xmp(
            f"<Iptc4xmpExt:DigitalSourceType>{SOURCE}trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>"
        ),
        "iptc-source-type:trainedAlgorithmicMedia",
    ),
    "iptc attribute": (
        lambda: in_jpeg_xmp("", f'Iptc4xmpExt:DigitalSourceType="{SOURCE}compositeSynthetic"'),
        "iptc-source-type:compositeSynthetic",
    ),
    "iptc in broken xmp": (
        lambda: insert_segments(
            encode(photo(), "JPEG"),
            jpeg.build_segment(
                jpeg.APP1, jpeg.XMP + b"&" + f"<a DigitalSourceType='{SOURCE}trainedAlgorithmicMedia'".encode()
            ),
        ),
        "iptc-source-type:trainedAlgorithmicMedia",
    ),
    "iptc ai system": (
        lambda: in_jpeg_xmp("<Iptc4xmpExt:AISystemUsed>Dreamer 5</Iptc4xmpExt:AISystemUsed>"),
        "iptc-ai-property",
    ),
    "credit line": (lambda: in_jpeg_xmp("", 'photoshop:Credit="Made with Google AI"'), "credit-line"),
    "iptc credit": (
        lambda: insert_segments(
            encode(photo(), "JPEG"),
            jpeg.build_segment(
                jpeg.APP13,
                jpeg.PHOTOSHOP + b"8BIM\x04\x04\x00\x00\x00\x00\x00\x18\x1c\x02\x6e\x00\x13Made with Google AI",
            ),
        ),
        "credit-line",
    ),
    "aigc xmp": (lambda: in_jpeg_xmp("""<TC260:AIGC>{"Label":"1","ContentProducer":"x"}</TC260:AIGC>"""), "aigc-label"),
    "aigc png": (lambda: in_png_text("AIGC", '{"Label": "2"}'), "aigc-label"),
    "aigc exif": (lambda: in_exif("JPEG", UserComment=b'ASCII\0\0\0{"AIGC": {"Label": "1"}}'), "aigc-label"),
}
LEFTOVERS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a1111 png": (lambda: in_png_text("parameters", WEBUI), "automatic1111"),
    "a1111 itxt": (lambda: in_png_text("parameters", WEBUI, "iTXt"), "automatic1111"),
    "a1111 jpeg": (
        lambda: in_exif("JPEG", UserComment=b"UNICODE\x00" + WEBUI.encode("utf-16-be")),
        "automatic1111",
    ),
    "a1111 webp": (
        lambda: in_exif("WEBP", UserComment=b"UNICODE\x00" + WEBUI.encode("utf-16-le")),
        "automatic1111",
    ),
    "a1111 comment": (lambda: encode(photo(), "JPEG", comment=WEBUI), "automatic1111"),
    "comfy prompt": (lambda: in_png_text("prompt", COMFY), "comfyui"),
    "comfy workflow": (lambda: in_png_text("workflow", '{"last_node_id": 9, "nodes": []}'), "comfyui"),
    "comfy webp": (lambda: in_exif("WEBP", Make="workflow:{}", Model="prompt:{}"), "comfyui"),
    "swarm": (lambda: in_png_text("parameters", '{"sui_image_params": {"prompt": "fox"}}'), "swarmui"),
    "fooocus": (lambda: in_png_text("fooocus_scheme", "fooocus"), "fooocus"),
    "invoke": (lambda: in_png_text("invokeai_metadata", "{}"), "invokeai"),
    "invoke old": (lambda: in_png_text("Dream", "fox -s 20"), "invokeai"),
    "invoke graph": (lambda: in_png_text("invokeai_graph", "{}"), "invokeai"),
    "sd-metadata": (lambda: in_png_text("sd-metadata", "{}"), "invokeai"),
    "novelai software": (lambda: in_png_text("Software", "NovelAI"), "generator-name"),
    "novelai title": (lambda: in_png_text("Title", "AI generated image"), "novelai"),
    "novelai source": (lambda: in_png_text("Source", "Stable Diffusion XL 9CC2F394"), "novelai"),
    "novelai comment": (lambda: in_png_text("Comment", '{"sampler": "k_euler", "steps": 28}'), "novelai"),
    "midjourney": (lambda: in_png_text("Description", "a fox --v 6.1 --ar 16:9 Job ID: 1234"), "midjourney"),
    "tensorart": (lambda: in_png_text("generation_data", "{}"), "tensorart"),
    "stability matrix": (lambda: in_png_text("smproj", "{}"), "stability-matrix"),
    "flux": (lambda: in_exif("JPEG", Software="AI generated;txt2img;flux"), "black-forest-labs"),
    "software": (lambda: in_exif("JPEG", Software="Midjourney 6"), "generator-name"),
    "description": (lambda: in_exif("TIFF", ImageDescription="made by DALL-E 3"), "generator-name"),
    "grok": (
        lambda: in_exif(
            "JPEG", ImageDescription="Signature: q83vEjRWeJA=", Artist="01234567-89ab-4def-8123-456789abcdef"
        ),
        "grok",
    ),
    "draw things": (
        lambda: in_jpeg_xmp('<exif:UserComment>{"sampler":"Euler","seed":1}</exif:UserComment>'),
        "draw-things",
    ),
    "xmp tool": (lambda: in_jpeg_xmp("", 'xmp:CreatorTool="ComfyUI"'), "xmp-software"),
}
HUMAN: dict[str, Callable[[], bytes]] = {
    "plain": lambda: encode(photo(), "JPEG"),
    "camera c2pa": lambda: in_c2pa(manifest(actions("computationalCapture", "Pixel Camera"))),
    "google signer": lambda: in_c2pa(manifest(assertion("c2pa.signature", b"O=Google LLC"))),
    "painted c2pa": lambda: in_c2pa(manifest(actions("digitalCreation", "Adobe Photoshop 27"))),
    "painted iptc": lambda: in_jpeg_xmp("", f'Iptc4xmpExt:DigitalSourceType="{SOURCE}digitalCreation"'),
    "mentioned": lambda: in_jpeg_xmp("", 'photoshop:Credit="trainedAlgorithmicMedia is not welcome"'),
    "no system": lambda: in_jpeg_xmp("<Iptc4xmpExt:AISystemUsed>None</Iptc4xmpExt:AISystemUsed>"),
    "comment": lambda: in_png_text("Comment", "three steps to the sea, sampler of colours"),
    "description": lambda: in_png_text("Description", "Harbour -- view of the pier"),
    "camera": lambda: in_exif("JPEG", Make="Lumen", Model="Lumen X", Software="Firmware 1.2", Artist="Mara"),
    "dates": lambda: in_png_text("parameters", "brush 12, opacity 80 %"),
    "aigc no": lambda: in_png_text("AIGC", '{"Label": "0"}'),
    "aigc rubbish": lambda: in_png_text("AIGC", "[" * 5000),
}


def markers(findings: tuple[Finding, ...], tier: str) -> set[str]:
    return {finding.marker for finding in findings if finding.tier == tier}


@pytest.mark.parametrize("name", DECLARED)
def test_declarations_are_tier_a(name: str) -> None:
    make, marker = DECLARED[name]
    made = run(make())
    assert marker in markers(made.provenance, "A"), made.provenance
    assert "declares that a generator made it" in line(made, "read_provenance")


@pytest.mark.parametrize("name", LEFTOVERS)
def test_leftovers_are_tier_b(name: str) -> None:
    make, marker = LEFTOVERS[name]
    made = run(make())
    assert markers(made.provenance, "B") == {marker}
    assert not markers(made.provenance, "A")
    assert all(len(finding.evidence) <= 120 and finding.evidence.isprintable() for finding in made.provenance)
    assert "traces" in line(made, "read_provenance")


@pytest.mark.parametrize("name", HUMAN)
def test_human_work_is_left_alone(name: str) -> None:
    made = run(HUMAN[name]())
    assert made.provenance == ()
    assert "which proves nothing either way" in line(made, "read_provenance")


@pytest.mark.parametrize(("mode", "signature"), [("RGBA", b"stealth_pngcomp"), ("RGB", b"stealth_rgbinfo")])
def test_prompts_hidden_in_pixels(mode: str, signature: bytes) -> None:
    values = np.array(photo(70, 50).convert(mode))
    bits = np.unpackbits(np.frombuffer(signature, np.uint8))
    columns = values.swapaxes(0, 1).reshape(-1, len(mode))
    if mode == "RGBA":
        columns[: len(bits), 3] = columns[: len(bits), 3] & 0xFE | bits
    else:
        colours = columns.reshape(-1)
        colours[: len(bits)] = colours[: len(bits)] & 0xFE | bits
        columns = colours.reshape(-1, 3)
    hidden = columns.reshape(70, 50, -1).swapaxes(0, 1)
    made = run(encode(Image.fromarray(np.ascontiguousarray(hidden)), "PNG"))
    assert markers(made.provenance, "B") == {"stealth-pnginfo"}


def test_findings_are_read_before_they_are_left_behind() -> None:
    for make, _ in (*DECLARED.values(), *LEFTOVERS.values()):
        for one in run(make()).renditions:
            assert b"lgorithmicMedia" not in one.data
            assert b"Sampler" not in one.data


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x00\x00\x00jumb" * 50, b"\xff" * 400, box(b"jumb", b"") * 500, b"\0\0\0\1jumb"]
)
def test_malformed_manifests_give_nothing(data: bytes) -> None:
    assert tuple(find_in_manifests(data)) == ()
