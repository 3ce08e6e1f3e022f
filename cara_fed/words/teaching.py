"""Templates that speak: what their ``_()`` and ``{% trans %}`` ask."""

from jinja2 import Environment

from cara_fed.words.speech import spoken


def teach_languages(environment: Environment) -> None:
    """Let templates ask the language spoken for each message: one compiled template serves all."""
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: spoken().catalog.gettext(message),
        lambda one, many, number: spoken().catalog.ngettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, message: spoken().catalog.pgettext(context, message),
        npgettext=lambda context, one, many, number: spoken().catalog.npgettext(context, one, many, number),
    )
