"""nginx and Caddy before a real instance, configured by the very text of docs/deploy.md."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy.md"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
CADDY = shutil.which("caddy")
PATIENCE_SECONDS = 20


def documented(language: str) -> str:
    """The block of docs/deploy.md with that language."""
    match = re.search(rf"^```{language}\n(.*?)^```$", DEPLOY.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert match is not None, language
    return match[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def nginx(folder: Path, data: Path, backend: int, *, keeps_answers: bool = False) -> Iterator[int]:
    """nginx on a port of its own; ``keeps_answers`` as the document says."""
    assert NGINX is not None
    port = free_port()
    server = documented("nginx-server")
    cache = "proxy_cache_path FOLDER/cache keys_zone=cara_fed:1m inactive=1d;" if keeps_answers else ""
    if keeps_answers:
        server = server.replace("internal;\n", "internal;\n" + documented("nginx-cache"))
    text = f"""
    {"user root root;" if os.geteuid() == 0 else ""}
    daemon off; pid FOLDER/pid; error_log FOLDER/error.log; worker_processes 1;
    events {{ worker_connections 64; }}
    http {{
        client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
        uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi; access_log off; {cache}
        {documented("nginx-http")}
        server {{
            listen 127.0.0.1:{port};
            {server}
            location / {{ proxy_pass http://127.0.0.1:8080; proxy_set_header Host $host; }}
        }}
    }}
    """
    path = folder / "nginx.conf"
    path.write_text(
        _localize(text, data, backend).replace("/var/log/nginx", str(folder)).replace("FOLDER", str(folder))
    )
    with _running([NGINX, "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(path)], port, folder):
        yield port


@contextmanager
def caddy(folder: Path, data: Path, backend: int) -> Iterator[int]:
    """Caddy on a port of its own, without TLS."""
    assert CADDY is not None
    port = free_port()
    text = documented("caddy-media").replace("studio.example {", f"http://127.0.0.1:{port} {{")
    path = folder / "Caddyfile"
    options = f"{{\n    admin off\n    auto_https off\n    storage file_system {folder}/storage\n}}\n"
    path.write_text(options + _localize(text, data, backend).replace("/var/log/caddy", str(folder)))
    with _running([CADDY, "run", "--config", str(path), "--adapter", "caddyfile"], port, folder):
        yield port


def _localize(text: str, data: Path, backend: int) -> str:
    return text.replace("/srv/cara_fed/data", str(data)).replace("127.0.0.1:8080", f"127.0.0.1:{backend}")


@contextmanager
def _running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={"HOME": str(folder), "PATH": "/usr/bin"})
    try:
        _wait(process, port, folder)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, (folder / "output").read_text()
        sleep(0.05)
    raise AssertionError("the web server did not start")
