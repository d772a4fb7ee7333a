"""An SMTP server for tests: says its port, then every letter it took as a line of JSON.

server.py plain|starttls|tls [--cert FILE --key FILE] [--login USER:PASSWORD]

Mailboxes at busy.example are refused with 451 twice each before they take a letter; those at gone.example with 550 always.
"""

import argparse
import asyncio
import base64
import collections
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

REFUSALS_WHEN_BUSY = 2


def say(**line):
    print(json.dumps(line), flush=True)


class Postman:
    def __init__(self):
        self.tries = collections.Counter()

    async def handle_RCPT(self, server, session, envelope, address, options):
        domain = address.rsplit("@", 1)[-1]
        self.tries[address] += 1
        say(asked=address, tls=session.ssl is not None)
        if domain == "gone.example":
            return "550 5.1.1 no such mailbox here"
        if domain == "busy.example" and self.tries[address] <= REFUSALS_WHEN_BUSY:
            return "451 4.7.1 greylisted, come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
        say(
            to=envelope.rcpt_tos,
            sender=str(letter["from"]),
            receiver=str(letter["to"]),
            subject=str(letter["subject"]),
            raw_subject=[v for k, v in letter.raw_items() if k.lower() == "subject"][0],
            message_id=str(letter["message-id"]),
            date=str(letter["date"]),
            longest_line=max(len(line) for line in envelope.content.split(b"\r\n")),
            plain=plain.get_content() if plain else None,
            html=html.get_content() if html else None,
            attachments=[
                {
                    "name": part.get_filename(),
                    "media": part.get_content_type(),
                    "bytes": base64.b64encode(part.get_payload(decode=True)).decode(),
                }
                for part in letter.iter_attachments()
            ],
        )
        return "250 taken"


def authenticator(login):
    def check(server, session, envelope, mechanism, data):
        given = f"{data.login.decode()}:{data.password.decode()}"
        say(login=mechanism, right=given == login, tls=session.ssl is not None)
        return AuthResult(success=given == login, handled=False)

    return check


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("mode", choices=["plain", "starttls", "tls"])
    options.add_argument("--cert")
    options.add_argument("--key")
    options.add_argument("--login")
    options = options.parse_args()
    context = None
    if options.mode != "plain":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
    postman = Postman()

    def make():
        return SMTP(
            postman,
            hostname="localhost",
            tls_context=context if options.mode == "starttls" else None,
            require_starttls=options.mode == "starttls",
            authenticator=authenticator(options.login) if options.login else None,
            auth_required=bool(options.login),
            auth_require_tls=options.mode == "starttls",
        )

    implicit = context if options.mode == "tls" else None
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=implicit)
    say(port=server.sockets[0].getsockname()[1])
    # Whoever started it holds its standard input open: it ends with them.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
