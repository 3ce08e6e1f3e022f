"""Columns as migrations spell them; what a past migration used must keep its meaning for good."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op


def key() -> sa.Column[int]:
    type_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("pk", type_, primary_key=True, autoincrement=False)


def reference(name: str, target: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(target, ondelete="CASCADE"), nullable=null)


def strings(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    return columns(names, sa.String(), null)


def texts(*names: str, null: bool = False) -> Iterator[sa.Column[str]]:
    return columns(names, sa.Text(), null)


def integers(*names: str, null: bool = False) -> Iterator[sa.Column[int]]:
    return columns(names, sa.Integer(), null)


def flags(*names: str) -> Iterator[sa.Column[bool]]:
    return columns(names, sa.Boolean(), null=False)


def lists(*names: str) -> Iterator[sa.Column[Any]]:
    return columns(names, sa.JSON(), null=False)


def moments(*names: str, null: bool = False) -> Iterator[sa.Column[Any]]:
    return columns(names, sa.DateTime(timezone=True), null)


def columns(names: tuple[str, ...], type_: Any, null: bool) -> Iterator[sa.Column[Any]]:
    return (sa.Column(name, type_, nullable=null) for name in names)


def index(table: str, *names: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(names)}", table, list(names))
