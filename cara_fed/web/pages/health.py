"""`/health` and `/metrics`: how the instance does, told to its own machine and to admins; any process may be asked."""

from collections.abc import Mapping
from typing import Any, cast

from quart import Blueprint, Response, jsonify, request
from quart.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from cara_fed.accounts.create_artist import Role
from cara_fed.asgi import Scope
from cara_fed.health import count_numbers, describe_request, is_from_this_machine, write_metrics
from cara_fed.services import VERSION
from cara_fed.web.house import services
from cara_fed.web.signed_in import current_artist

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"

room = Blueprint("health", __name__)


@room.get("/health")
async def show_health() -> ResponseReturnValue:
    """200 with numbers, or 503 where the database does not answer."""
    if not _may_know():
        return _refuse()
    try:
        numbers: Mapping[str, Any] = await count_numbers(services())
    except SQLAlchemyError as error:
        return _answer({"error": f"the database does not answer: {type(error).__name__}"}, 503)
    return _answer({"status": "ok", "version": VERSION, **numbers})


@room.get("/metrics")
async def show_metrics() -> ResponseReturnValue:
    """The same numbers for Prometheus."""
    if not _may_know():
        return _refuse()
    response = Response(write_metrics(await count_numbers(services())), content_type=PROMETHEUS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may_know() -> bool:
    artist = current_artist()
    return is_from_this_machine(_scope()) or (artist is not None and artist.role == Role.ADMIN)


def _refuse() -> Response:
    """The refusal says how the request arrived: `cara-fed doctor` reads what the proxy makes of it."""
    why = "this is told to the machine itself and to admins only"
    return _answer({"error": why, "seen": describe_request(_scope())}, 403)


def _answer(document: Mapping[str, Any], status: int = 200) -> Response:
    response = jsonify(document)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _scope() -> Scope:
    return cast(Scope, request.scope)
