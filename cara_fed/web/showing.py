"""Showing a view: framed for who looks, rendered, and sent with what browsers and caches must know."""

import secrets
from collections.abc import Mapping
from typing import Literal, cast

from quart import Response, flash, get_flashed_messages, redirect, request, session
from quart.typing import ResponseReturnValue

from activitypub.opt_out import OptOut, http_headers
from cara_fed.asgi import Answer
from cara_fed.translate.opt_outs import signals_for
from cara_fed.web import blocklist_views, credit_views, login_views, moderation_views, studio_views, views
from cara_fed.web.csrf import make_csrf_token, require_csrf_token
from cara_fed.web.forms import FormReader
from cara_fed.web.house import house, services
from cara_fed.web.parts import FormView
from cara_fed.web.rendering import answer_page
from cara_fed.web.security import comes_from_elsewhere, security_headers
from cara_fed.web.signed_in import count_unread, current_artist, session_token
from cara_fed.words.languages import name_of, offered_tags
from cara_fed.words.speech import spoken

PUBLIC_SECONDS = 30
INVALID = 422

_VISITOR = "visitor"
_FOR_VISITORS = (
    studio_views.LogInPage,
    studio_views.JoinPage,
    studio_views.PasswordResetPage,
    login_views.CodePage,
    login_views.ExportSettingsPage,
    moderation_views.ApplyPage,
    moderation_views.SuspendedPage,
    login_views.ForgottenPage,
    login_views.MailConfirmPage,
    blocklist_views.AppealPage,
    credit_views.CreditPage,
)
"""Pages whose forms do something for visitors, who need a token for them too."""
_SHOWN_ONCE = (
    studio_views.JoinPage,
    studio_views.PasswordResetPage,
    studio_views.MembersPage,
    moderation_views.ApplicationsPage,
    login_views.MailConfirmPage,
    login_views.LoginSettingsPage,
    credit_views.CreditPage,
)
"""Pages that hold one-time links or codes, which no browser may keep."""
_LEADING_AWAY = (views.ProfilePage, views.FollowFromPage)
"""Pages with the form "follow from your server", which is answered by a redirect there."""

MessageKind = Literal["done", "warning", "refused"]
RoleName = Literal["artist", "moderator", "admin"]


async def show(view: object, *, status: int = 200, policy: OptOut | None = None, at: str = "") -> Response:
    """The page of a view. ``policy`` is the opt-out of what is shown, where that is not the instance's.

    ``at`` is the page's own address, where a form was sent to another one.
    """
    page = _build_page(view, policy, at or request.path, await count_unread())
    html = house().pages.render(view, page)
    answer = answer_page(html, status=status, if_none_match=request.headers.get("If-None-Match", ""))
    response = _to_response(answer)
    response.headers["Cache-Control"] = _cache_control(view, page, status)
    for name, value in http_headers(page.signals) if page.signals else ():
        response.headers.add(name, value)
    response.headers.update(security_headers(https=is_https(), forms_lead_away=isinstance(view, _LEADING_AWAY)))
    return response


async def show_invalid(view: object) -> Response:
    """A form again, with what is wrong with it."""
    return await show(view, status=INVALID)


async def go(path: str, done: str = "", kind: MessageKind = "done") -> ResponseReturnValue:
    """On to another page of this site, which says what was done."""
    if done:
        await flash(done, kind)
    return redirect(path, 303)


def form_again(fields: Mapping[str, str], **errors: str) -> FormView:
    """A form as it was sent, without its secrets, with what a use case found wrong beside its fields."""
    return FormReader(fields).again(**errors)


def require_own_form(token: str, *, needed: bool) -> None:
    """Raise CsrfRefused unless the form was made for this browser. ``needed`` False lets visitors send it freely."""
    if needed or current_artist() is not None:
        require_csrf_token(token, services().session_key, _binding())


def is_foreign() -> bool:
    """Whether another site made the browser send this."""
    return comes_from_elsewhere(dict(request.headers), origin=services().site.base)


def is_https() -> bool:
    """Whether this site is reached over TLS."""
    return services().site.scheme == "https"


def _build_page(view: object, policy: OptOut | None, path: str, unread: int) -> views.Page:
    config = services().config
    messages = get_flashed_messages(with_categories=True) if _is_looked_at() else []
    return views.Page(
        site_name=config.instance.name,
        domain=config.instance.domain,
        path=path,
        language=spoken().tag,
        direction=spoken().direction,
        languages=tuple(views.LanguageChoice(tag, name_of(tag)) for tag in offered_tags()),
        contact_email=config.instance.contact_email,
        signed_in=_signed_in(),
        csrf_token=_make_token(view),
        messages=tuple(views.Message(kind, text) for kind, text in cast(list[tuple[MessageKind, str]], messages)),
        unread=unread,
        signals=signals_for(policy or config.opt_out.default, services().site, config.opt_out.default),
        dress=house().dress,
    )


def _is_looked_at() -> bool:
    """Whether somebody will read this page: not a script, not a tag that wanted a picture, not a browser on a guess.

    By the mode, not the destination: a page that comes through the installed worker has none.
    """
    return request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and "Sec-Purpose" not in request.headers


def _signed_in() -> views.SignedIn | None:
    artist = current_artist()
    return views.SignedIn(house().gallery.byline(artist), cast(RoleName, artist.role)) if artist else None


def _make_token(view: object) -> str:
    """A token for the page's forms; none on pages that are the same for every visitor."""
    if current_artist() is None and not isinstance(view, _FOR_VISITORS):
        return ""
    if not _binding():
        session[_VISITOR] = secrets.token_urlsafe()
    return make_csrf_token(services().session_key, _binding())


def _binding() -> str:
    return session_token() or str(session.get(_VISITOR, ""))


def _cache_control(view: object, page: views.Page, status: int) -> str:
    if isinstance(view, _SHOWN_ONCE):
        return "no-store"
    is_everyones = page.signed_in is None and not page.csrf_token and not page.messages and not session.modified
    return f"public, max-age={PUBLIC_SECONDS}" if is_everyones and status == 200 else "private, no-cache"


def _to_response(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in answer.headers:
        response.headers[name.decode()] = value.decode()
    if answer.status == 304:
        del response.headers["Content-Length"]
    return response
