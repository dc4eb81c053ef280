"""What Schemathesis is told of the school that it asks about (test_openapi.py): what there is, and whom to spare.

TAMTAP_ASKING names a file of JSON:
  known    values of this school by the name of a parameter or member, or by operation's path and name: three of four
           values that Schemathesis makes up give way to one of them, so that requests come past "there is no such
           student". Of a path alone: whole bodies, which half of those that are made up give way to
  spared   [pattern of paths, name, values, instead]: these values, or all if there are none, give way
  callers  if there are any, each request is the next one's, from an address of its own; whose session the last
           request ended signs in again, by another account if need be
  answers  the file that says at the end how often each operation was answered by which status
"""

import atexit
import collections
import itertools
import json
import os
import pathlib
import re
import urllib.error
import urllib.request
import zlib

import schemathesis

ASKING = json.loads(pathlib.Path(os.environ["TAMTAP_ASKING"]).read_text())
ANSWERS = collections.defaultdict(collections.Counter)


def as_it_is(value):
    if isinstance(value, str) and value.startswith("hex:"):  # how the file of JSON says bytes
        return bytes.fromhex(value[4:])
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.serializer("text/csv", "image/jpeg")
def text_or_picture(_, value):
    return as_it_is(value)


@schemathesis.serializer("application/x-ndjson")
def lines(_, value):
    return as_it_is(value) if isinstance(value, (bytes, str)) else json.dumps(value).encode()


def drawn(*what):
    """A number that is always the same for the same: so a request that fails can be made again."""
    return zlib.crc32(repr(what).encode("utf-8", "replace"))


def put_what_is_known(path, salt, value):
    if isinstance(value, dict):
        for name, member in value.items():
            known = ASKING["known"].get(f"{path} {name}") or ASKING["known"].get(name)
            number = drawn(salt, name, member)
            if isinstance(member, (dict, list)):
                put_what_is_known(path, salt, member)
            elif known and number % 4 and isinstance(member, (str, int)) and not isinstance(member, bool):
                value[name] = known[number // 4 % len(known)]
    elif isinstance(value, list):
        for each in value:
            put_what_is_known(path, salt, each)


def spare(path, value):
    """Nobody saws off the branch that this run sits on; test_openapi.py does so in a run of its own."""
    for pattern, name, values, other in ASKING["spared"]:
        if isinstance(value, dict) and isinstance(value.get(name), str) and re.search(pattern, path):
            if not values or value[name].strip().casefold() in values:
                value[name] = other


class Caller:
    """Signs in again whenever a request has ended its session, by another account where that was changed."""

    numbers = itertools.count(1)

    def __init__(self, account):
        self.role, self.account, self.cookie = account["username"], account, None

    def ask(self, method, path, body=None, cookie=None):
        request = urllib.request.Request(ASKING["url"] + path, method=method, headers=self.address())
        request.add_header("Content-Type", "application/json")
        if cookie:
            request.add_header("Cookie", cookie)
        if body is not None:
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer), answer.headers
        except urllib.error.HTTPError as refused:
            return refused.code, {}, refused.headers

    def address(self):
        """Guesses are counted by client, and one that guesses has to wait."""
        number = next(self.numbers)
        return {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}

    def headers(self):
        if not self.is_as_ever() and not (self.sign_in() and self.is_as_ever()):
            self.account["username"] = f"{self.role}-{next(self.numbers)}"
            made, _, _ = self.ask("POST", "/api/admin/teachers", self.account, ASKING["admin"])
            assert made == 201 and self.sign_in(), f"no other account for {self.role}: {made}"
        return {"Cookie": self.cookie, **self.address()}

    def is_as_ever(self):
        code, answer, _ = self.ask("GET", "/api/auth/me", cookie=self.cookie)
        user = answer.get("user", {})
        return code == 200 and user["role_type"] == self.role and not user["forcePasswordChange"]

    def sign_in(self):
        sign_in = {name: self.account[name] for name in ("username", "password")}
        code, _, headers = self.ask("POST", "/api/auth/login", sign_in)
        if code == 200:
            self.cookie = headers["Set-Cookie"].split(";")[0]
        return code == 200

    def take_as_own(self, case):
        """What is about accounts is about the caller's own, and most passwords are the right ones."""
        for container in (case.path_parameters, case.body):
            if not isinstance(container, dict):
                continue
            for name, value in container.items():
                if name == "username":
                    container[name] = self.account["username"]
                elif name in ("password", "currentPassword") and isinstance(value, str) and drawn(value) % 4:
                    container[name] = self.account["password"]


CALLERS = [Caller(account) for account in ASKING["callers"]]
TURNS = itertools.cycle(CALLERS)


@schemathesis.hook
def before_call(_, case, _kwargs):
    path = case.operation.path
    body = case.body if isinstance(case.body, (dict, list, str, bytes)) else None
    salt = drawn(path, case.path_parameters, dict(case.query or {}), body)
    bodies = ASKING["known"].get(path)
    if bodies and body is not None and salt % 2:
        case.body = bodies[salt // 2 % len(bodies)]
    else:
        put_what_is_known(path, salt, body)
    for container in (case.path_parameters, case.query):
        put_what_is_known(path, salt, container)
    for container in (case.path_parameters, case.query, case.body):
        spare(path, container)
    if CALLERS:
        caller = next(TURNS)
        case.headers.update(caller.headers())
        caller.take_as_own(case)


@schemathesis.hook
def after_call(_, case, response):
    # Methods that the document doesn't have are tried, too.
    if case.method.upper() == case.operation.method.upper():
        ANSWERS[f"{case.method.upper()} {case.operation.path}"][str(response.status_code)] += 1


@atexit.register
def tell():
    pathlib.Path(ASKING["answers"]).write_text(json.dumps(ANSWERS))
