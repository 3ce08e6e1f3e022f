"""A server on loopback for browser tests: it shows sample views under their short names, and nothing else."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from PIL import Image

from cara_fed.asgi import Answer
from cara_fed.web.rendering import Pages, answer_page
from cara_fed.web.security import security_headers
from cara_fed.web.static_files import PREFIX
from tests.web.gallery import all_pages
from tests.web.samples import SHAPES


class Samples:
    """Answers GET /NAME with a sample page, and /media/ with its pictures (flat colours, unless ``art`` has better)."""

    def __init__(self, art: Path | None = None) -> None:
        self.pages, self.art = Pages(), art

    def answer(self, path: str) -> Answer:
        if path == "/admin/appearance/preview.css":
            return Answer(200, b".sample {}", ((b"content-type", b"text/css"),))
        if path.startswith(PREFIX):
            return self.pages.static.answer(path)
        if path.startswith("/media/"):
            return Answer(200, self._picture(path.removeprefix("/media/")), ((b"content-type", b"image/jpeg"),))
        if path.startswith("/drafts/") and path.endswith("/pictures"):
            return Answer(200, b'{"uploads": [], "is_away": false}', ((b"content-type", b"application/json"),))
        if path == "/emoji.json":
            told = json.dumps(
                [{"shortcode": name, "url": "/media/plum-200.jpg"} for name in ("gull", "seagull")]
            ).encode()
            return Answer(200, told, ((b"content-type", b"application/json"),))
        if path == "/worker.js":
            return Answer(200, b"", ((b"content-type", b"text/javascript"),))
        if path == "/manifest.webmanifest":
            return Answer(200, b"{}", ((b"content-type", b"application/manifest+json"),))
        if (sample := all_pages().get(path.strip("/"))) is None:
            return Answer(404)
        headers = security_headers(https=False, forms_lead_away="profile" in path)
        lines = tuple((name.encode(), value.encode()) for name, value in headers)
        return answer_page(self.pages.render(*sample), headers=lines)

    def _picture(self, file_name: str) -> bytes:
        if self.art is not None:
            return (self.art / file_name).read_bytes()
        name, _, across = file_name.removesuffix(".jpg").rpartition("-")
        width, height, color = SHAPES[name][:3]
        size = (int(across), int(across) * height // width)
        image = io.BytesIO()
        Image.new("RGB", size, color).save(image, "JPEG")
        return image.getvalue()


@contextmanager
def serve_samples(samples: Samples) -> Iterator[str]:
    """The address of a running server, without a slash at the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = samples.answer(self.path.partition("?")[0])
            self.send_response(answer.status)
            for name, value in (*answer.headers, (b"content-length", str(len(answer.body)).encode())):
                self.send_header(name.decode(), value.decode())
            self.end_headers()
            self.wfile.write(answer.body)

        def do_POST(self) -> None:
            """Lead to another origin, as "follow from your server" does."""
            self.send_response(303)
            self.send_header("location", f"http://localhost:{server.server_address[1]}/welcome")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
