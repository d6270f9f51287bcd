"""A WSGI service that trusts what it is told: answers with every header it was given, as JSON."""

import json


def application(environ, start_response):
    seen = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]
