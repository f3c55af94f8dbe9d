"""What the load programs share: JSON over one kept-alive HTTPS connection per thread, with a bearer token."""
import http.client
import json
import ssl
import threading
from datetime import datetime, timezone
from urllib.parse import urlparse

MERGE_PATCH = "application/merge-patch+json"
TRIES = 3  # a connection that was idle for long may be closed under us


class Api:
    def __init__(self, server, token):
        self.address = urlparse(server)
        self.headers = {"Authorization": "Bearer " + token, "Accept": "application/json"}
        self.context = ssl._create_unverified_context()
        self.local = threading.local()

    def connect(self):
        return http.client.HTTPSConnection(
            self.address.hostname, self.address.port, context=self.context, timeout=120)

    def call(self, method, path, body=None, content_type="application/json"):
        """Returns the status code and the decoded answer."""
        for attempt in range(1, TRIES + 1):
            try:
                connection = getattr(self.local, "connection", None) or self.connect()
                self.local.connection = connection
                headers = dict(self.headers, **{"Content-Type": content_type})
                connection.request(method, path, None if body is None else json.dumps(body), headers)
                response = connection.getresponse()
                return response.status, json.loads(response.read() or b"{}")
            except (OSError, http.client.HTTPException):
                self.local.connection = None
                if attempt == TRIES:
                    raise

    def must(self, method, path, body=None, content_type="application/json"):
        status, answer = self.call(method, path, body, content_type)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {answer.get('message', answer)}")
        return answer

    def watch(self, path):
        """Yields events until the server ends the watch."""
        connection = self.connect()
        connection.request("GET", path, headers=self.headers)
        response = connection.getresponse()
        while line := response.readline():
            yield json.loads(line)


def now(fraction=False):
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S" + (".%fZ" if fraction else "Z"))
