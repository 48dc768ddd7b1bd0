# SPDX-License-Identifier: MIT
"""Reading what the server answers."""

import datetime
import re
import ssl
import typing


def read_all(connection):
    """Everything up to the end of the connection, which must be orderly."""
    octets = bytearray()
    while chunk := connection.recv(65536):
        octets += chunk
    return bytes(octets)


def read_to_any_end(connection):
    """Everything up to the end of the connection, orderly or not."""
    octets = bytearray()
    try:
        while chunk := connection.recv(65536):
            octets += chunk
    except (ConnectionResetError, ssl.SSLError):
        pass
    return bytes(octets)


def parse(answer, head=False):
    """(status, {lower-case name: value}, body, octets of what follows)."""
    assert b"\r\n\r\n" in answer, answer
    top, rest = answer.split(b"\r\n\r\n", 1)
    status, *fields = top.decode("ascii").split("\r\n")
    headers = {}
    for field in fields:
        name, value = field.split(": ", 1)
        assert name.lower() not in headers, answer
        headers[name.lower()] = value
    size = 0 if head else int(headers["content-length"])
    return int(status.split(" ")[1]), headers, rest[:size], rest[size:]


class Answer(typing.NamedTuple):
    """One whole answer, apart from the order of its fields and its Date."""
    status: str  # the status line
    fields: tuple  # sorted, the date as "*"
    body: bytes


def make_answer(status, body, *more, size=None):
    """What the server has to send; `size` when it is not the body's."""
    size = len(body) if size is None else size
    return Answer("HTTP/1.1 " + status, tuple(sorted((
        f"Content-Length: {size}", "Content-Type: text/plain", "Date: *",
        *more))), body)


def check_date(text):
    """RFC 9110, 5.6.7: IMF-fixdate, and within seconds of now."""
    assert re.fullmatch(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} "
                        r"\d\d:\d\d:\d\d GMT", text), text
    date = datetime.datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")
    assert date.strftime("%a") == text[:3], text
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    assert abs((now - date).total_seconds()) < 30, text


def split_answers(octets, *methods):
    """All answers in a stream; those to the requests with the method HEAD in
    `methods`, in their order, have no body."""
    answers = []
    at = 0
    while at < len(octets):
        method = methods[len(answers)] if len(answers) < len(methods) else ""
        one = octets[at:at + 16384]  # no answer is longer
        headers, body, rest = parse(one, head=method == "HEAD")[1:]
        check_date(headers["date"])
        status, *lines = one.split(b"\r\n\r\n")[0].decode().split("\r\n")
        fields = ["Date: *" if line.startswith("Date: ") else line
                  for line in lines]
        assert method == "HEAD" or len(body) == int(
            headers["content-length"]), one
        answers.append(Answer(status, tuple(sorted(fields)), body))
        at += len(one) - len(rest)
    return answers
