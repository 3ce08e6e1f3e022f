"""Whom: a set of remote actors, as a blocklist names them."""

from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import col, select

from storage.remote_actors import RemoteActor
from storage.statements import covered_by


@dataclass(frozen=True, slots=True)
class InDomain:
    """Every actor whose id lies in a domain or below it, whatever the port."""

    domain: str


@dataclass(frozen=True, slots=True)
class AtNetlocs:
    """Every actor whose id lies on exactly one of these servers; at most 16,000 of them at a time."""

    netlocs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """These actors alone; at most 16,000 of them at a time."""

    actor_ids: tuple[str, ...]


Whom: TypeAlias = InDomain | AtNetlocs | OneOf


def among(actor_id: Mapped[str], whom: Whom) -> ColumnElement[bool]:
    """Whether a column of actor ids names one of them."""
    if isinstance(whom, OneOf):
        return actor_id.in_(whom.actor_ids)
    return actor_id.in_(select(RemoteActor.actor_id).where(lies_in(col(RemoteActor.netloc), whom)))


def lies_in(netloc: Mapped[str], whom: InDomain | AtNetlocs) -> ColumnElement[bool]:
    """Whether a column of netlocs names one of their servers."""
    if isinstance(whom, AtNetlocs):
        return netloc.in_(whom.netlocs)
    return covered_by(netloc, whom.domain)
