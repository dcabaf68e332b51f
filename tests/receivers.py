"""Where notifications arrive in tests: a mail server and an HTTP server, both real, on loopback."""

from __future__ import annotations

import logging
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.servers import free_port


class HttpReceiver:
    """Keeps what is posted, as (path, JSON). `status` is what it answers, `answers_after_s` how long it takes for that;
    while `holding` is set it answers nothing."""

    def __init__(self):
        self.got: list[tuple[str, dict]] = []
        self.status = 200
        self.location = ""
        self.answers_after_s = 0.0
        self.holding = threading.Event()
        self.reached = threading.Semaphore(0)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.reached.release()
                while receiver.holding.is_set():
                    receiver.holding.wait(0.01)
                    threading.Event().wait(0.02)
                receiver.got.append((self.path, orjson.loads(body)))
                threading.Event().wait(receiver.answers_after_s)
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                receiver.got.append((self.path, {}))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def titles(self) -> list[str]:
        return [body["title"] for _, body in self.got]

    def close(self) -> None:
        self.holding.clear()
        self.server.shutdown()
        self.server.server_close()


class MailReceiver:
    """Keeps the mails it takes. `refuses` is an answer such as `550 no` instead; with `password` it asks for it."""

    def __init__(self, password: str | None = None):
        self.mails: list[EmailMessage] = []
        self.closed = False
        self.refuses = ""
        receiver = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                if receiver.refuses:
                    return receiver.refuses
                receiver.mails.append(message_from_bytes(envelope.content, policy=policy.default))
                return "250 taken"

        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=data.password == (password or "").encode(), handled=False)

        asked = {} if password is None else {
            "authenticator": check, "auth_required": True, "auth_require_tls": False}
        logging.getLogger("mail.log").setLevel(logging.ERROR)  # it writes down what it is told, in the tests' process
        self.controller = Controller(Handler(), hostname="127.0.0.1", port=free_port(), **asked)
        self.controller.start()
        self.port = self.controller.port

    def close(self) -> None:
        """Safe to call twice."""
        if not self.closed:
            self.controller.stop()
        self.closed = True
