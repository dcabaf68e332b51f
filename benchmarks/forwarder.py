"""What a console without a feed of its own would do: a subscriber that sends each event by HTTP POST to Flask.

As plain as such things are: a loop over the messages and `requests.post`, the development server with threads, and an
endpoint that keeps what it gets. `python -m benchmarks.forwarder PORT` is the endpoint.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections import deque

import orjson
import requests
from flask import Flask, jsonify, request
from werkzeug.serving import make_server

from dashboard.settings import Settings
from tests.servers import RedisServer, free_port, wait_for

KEPT = 1_000
PATH = "/store-event"


def serve(port: int) -> None:
    """The endpoint, for ever."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app, events = Flask(__name__), deque(maxlen=KEPT)

    @app.post(PATH)
    def store():
        events.append(request.get_json())
        return jsonify(success=True)

    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def forwarded(server: RedisServer, messages: list[bytes]) -> float:
    """Events a second that arrive."""
    port = free_port()
    address = f"http://127.0.0.1:{port}{PATH}"
    endpoint = subprocess.Popen([sys.executable, "-m", "benchmarks.forwarder", str(port)])
    try:
        wait_for(lambda: _answers(address), what="the endpoint")
        with server.client() as client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
            pubsub.subscribe(Settings().channel)
            pubsub.get_message(timeout=1)
            with server.client() as producer, producer.pipeline(transaction=False) as pipeline:
                for message in messages:
                    pipeline.publish(Settings().channel, message)
                pipeline.execute()
            began, count = time.perf_counter(), 0
            while count < len(messages):
                message = pubsub.get_message(timeout=1)
                if message is not None:
                    assert requests.post(address, json=orjson.loads(message["data"]), timeout=5).ok
                    count += 1
            return count / (time.perf_counter() - began)
    finally:
        endpoint.kill()
        endpoint.wait()


def _answers(address: str) -> bool:
    try:
        return requests.post(address, json={}, timeout=1).ok
    except requests.RequestException:
        return False


if __name__ == "__main__":
    serve(int(sys.argv[1]))
