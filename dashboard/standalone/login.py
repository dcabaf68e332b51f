"""Signing in and out of the stand-alone host: `/login`, `/logout` and `/`, under the host's CSRF protection."""

from __future__ import annotations

import base64
import hashlib
import logging

from flask import Blueprint, Flask, Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from dashboard.standalone.next_page import safe_next
from dashboard.standalone.throttle import Throttle
from dashboard.standalone.users import UserDirectory

log = logging.getLogger(__name__)

LARGEST_FORM = 64 * 1024  # bytes: a name, a password, a token, and an address of which escapes triple most
WRONG = "This name and password do not belong together."
OUT_OF_DATE = "This page was open for too long, or cookies are switched off. Please try again."
STYLE = """
:root{color-scheme:light dark;--ground:#f2f4f7;--card:#fff;--text:#14171c;--soft:#505762;--line:#858d98;--mark:#0b5cad;
--on-mark:#fff;--bad:#a8140c;--bad-ground:#fdecea}
@media (prefers-color-scheme:dark){:root{--ground:#0e1013;--card:#14171c;--text:#eceff4;--soft:#a9b1bd;--line:#6b7482;
--mark:#7db8f5;--on-mark:#0e1013;--bad:#ff8a84;--bad-ground:#331413}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{width:100%;max-width:22.5rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:2rem}
h1{margin:0 0 .25rem;font-size:1.375rem;line-height:1.25}
p{margin:0 0 1.25rem;color:var(--soft)}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
input{width:100%;min-height:2.75rem;padding:.5rem .75rem;font:inherit;color:inherit;background:var(--ground);
border:1px solid var(--line);border-radius:.5rem}
button,.go{display:block;width:100%;min-height:2.75rem;margin-top:1.5rem;padding:.5rem .75rem;font:inherit;
font-weight:600;text-align:center;text-decoration:none;color:var(--on-mark);background:var(--mark);border:1px solid
var(--mark);border-radius:.5rem;cursor:pointer}
.second{margin-top:.75rem;color:var(--mark);background:transparent}
input:focus-visible,button:focus-visible,.go:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.problem{margin:1rem 0 0;padding:.625rem .75rem;border-left:4px solid var(--bad);border-radius:.25rem;color:var(--text);
background:var(--bad-ground)}
@media (max-width:30rem){main{padding:1.5rem 1.25rem}}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    # One style sheet, known by its hash, and nothing else: no script, no frame, no form to anywhere else.
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": over https Flask-WTF checks where a form came from.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def install_login(
    app: Flask, users: UserDirectory, *, home: str, title: str = "Monitoring", throttle: Throttle | None = None
) -> CSRFProtect:
    """Give `app` the routes `/`, `/login` (GET, POST) and `/logout` (POST), Flask-Login and CSRF protection.

    `home` is the path that follows where `next` names none.
    """
    throttle = Throttle() if throttle is None else throttle  # an empty one is false
    manager = LoginManager(app)
    manager.login_view = "account.login"
    manager.user_loader(users.load)
    pages = Blueprint("account", __name__, template_folder="templates")

    def page(problem: str | None, status: int, next_page: str) -> Response:
        answer = make_response(
            render_template(
                "login.html", style=STYLE, title=title, problem=problem, next_page=next_page,
                username=request.form.get("username", "")[:150], home=home, signed_in=current_user.is_authenticated,
            ),
            status,
        )
        return answer

    @pages.get("/")
    def root() -> ResponseReturnValue:
        return redirect(home)

    @pages.get("/login")
    def login() -> ResponseReturnValue:
        next_page = safe_next(request.args.get("next"), "")
        if current_user.is_authenticated and next_page:
            return redirect(next_page)
        return page(None, 200, next_page)

    @pages.post("/login")
    def sign_in() -> ResponseReturnValue:
        username, password = request.form.get("username", ""), request.form.get("password", "")
        next_page = safe_next(request.form.get("next"), "")
        address = request.remote_addr or ""
        wait_s = throttle.attempt(address, username)
        if wait_s:
            answer = page(f"Too many tries. The next one is possible in {wait_s} s.", 429, next_page)
            answer.headers["Retry-After"] = str(wait_s)
            return answer
        user = users.verify(username, password)
        if user is None:
            log.warning("Sign-in refused from %s", address)  # without the name: people type passwords into it
            return page(WRONG, 401, next_page)
        throttle.succeeded(address, username)
        # A session that somebody prepared before the sign-in must not become a signed-in one.
        session.clear()
        login_user(user)
        return redirect(next_page or home, 303)

    @pages.post("/logout")
    def logout() -> ResponseReturnValue:
        logout_user()
        session.clear()
        return redirect(url_for("account.login"), 303)

    @pages.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    @app.before_request
    def limit_form() -> None:  # before CSRFProtect, which reads the form
        if request.blueprint == "account":
            request.max_content_length = LARGEST_FORM

    csrf = CSRFProtect(app)
    app.register_blueprint(pages)

    @app.errorhandler(CSRFError)
    def out_of_date(problem: CSRFError) -> ResponseReturnValue:
        if request.blueprint != "account":
            return problem  # other parts of the site answer for themselves
        if request.endpoint == "account.logout":
            return redirect(url_for("account.login"), 303)
        return page(OUT_OF_DATE, 400, safe_next(request.form.get("next"), ""))

    return csrf
