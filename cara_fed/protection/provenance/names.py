"""Names of generators, and of the digital source types that stand for generated pictures."""

import re

# Firms that also sign camera pictures (Google, Adobe, Microsoft) count only with a generator's own name.
GENERATORS = re.compile(
    r"OpenAI|ChatGPT|DALL[\W_]?E\b|GPT-4o|GPT-image|Adobe[ _]Firefly|Microsoft Designer|Bing Image Creator"
    r"|Made with Google AI|\bImagen\b|\bGemini\b|Stability[ ._]?AI|Stable[ _-]?Diffusion|SDXL"
    r"|Black Forest Labs|\bFLUX\.\d"
    r"|Amazon Titan|\bxAI\b|\bGrok\b|Midjourney|NovelAI|InvokeAI|ComfyUI|Leonardo\.?Ai\b|Ideogram AI|Draw Things",
    re.IGNORECASE,
)
# IPTC's news codes. Captures and digitalCreation are a person's work; computationalCapture is a camera's.
SOURCE_TYPES = re.compile(
    r"\b(trainedAlgorithmicMedia|compositeWithTrainedAlgorithmicMedia|algorithmicMedia|compositeSynthetic)\b"
)


def shorten(text: str, most: int = 120) -> str:
    """Evidence fit to be shown: one printable line."""
    line = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * most]).split())
    return line if len(line) <= most else line[: most - 1] + "…"
