"""``[appearance]`` of instance.toml."""

from functools import partial
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from cara_fed.appearance.colors import DARK, LIGHT, require_readable

ACCENT: Final = "#1f3fd0"
ACCENT_DARK: Final = "#a3b4ff"


class AppearanceSection(BaseModel):
    """``[appearance]``: the accent by day and by night, and files of a logo and of one's own style."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    accent: Annotated[str, AfterValidator(partial(require_readable, scheme=LIGHT))] = ACCENT
    accent_dark: Annotated[str, AfterValidator(partial(require_readable, scheme=DARK))] = ACCENT_DARK
    logo: str = ""
    stylesheet: str = ""
