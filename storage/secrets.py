"""Secrets: values made once and kept, such as the capability key or the domain of the first start."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Field, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import Table, long_text
from storage.statements import insert_or_replace, insert_unless_known


class Secret(Table, table=True):
    """A named value that the instance made for itself."""

    __tablename__ = "secrets"

    name: str = Field(primary_key=True)
    value: str = long_text(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Queries about secrets."""

    session: AsyncSession

    async def find(self, name: str) -> str | None:
        """The value, or None."""
        return (await self.session.exec(select(Secret.value).where(Secret.name == name))).first()

    async def get_or_create(self, name: str, factory: Callable[[], str]) -> str:
        """The value; made by `factory` on first use. Whoever races, everybody gets the same one."""
        if (value := await self.find(name)) is not None:
            return value
        made = factory()
        if await insert_unless_known(self.session, Secret(name=name, value=made)):
            return made
        return await self.find(name) or made

    async def replace(self, name: str, value: str) -> None:
        """Set the value, whatever it was."""
        await insert_or_replace(self.session, Secret(name=name, value=value), key=["name"])
