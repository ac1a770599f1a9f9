#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""mbox.py SERIES: the mails of a mailbox as git format-patch writes them: each with its subject in one
line and its text as it was before it was encoded, quoted-printable or base64, for the way. What is
no mailbox, as the output of git diff, is printed as it is."""

import email
import email.header
import re
import sys

ENVELOPE = re.compile(rb"^(?=From \S+ +[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \d{4}\r?$)", re.M)
FROM = b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001\n"


def body(mail):
    """The text of a mail, and of patches that are attached to it."""
    for part in mail.walk():
        if part.is_multipart():
            continue
        data = part.get_payload(decode=True)
        if part.get("Content-Transfer-Encoding", "").strip().lower() in ("base64", "quoted-printable"):
            data = data.replace(b"\r\n", b"\n")
        charset = (part.get_content_charset() or "utf-8").lower()
        if charset not in ("utf-8", "us-ascii"):
            data = data.decode(charset, "replace").encode()
        yield data if data.endswith(b"\n") else data + b"\n"


def subject(mail):
    text = str(email.header.make_header(email.header.decode_header(str(mail.get("Subject", "")))))
    return " ".join(text.split()).encode(errors="surrogateescape")


def main():
    with open(sys.argv[1], "rb") as file:
        first, *mails = ENVELOPE.split(file.read())
    out = sys.stdout.buffer
    out.write(first)
    for text in mails:
        mail = email.message_from_bytes(text.split(b"\n", 1)[1])
        out.write(FROM + b"Subject: " + subject(mail) + b"\n\n" + b"".join(body(mail)) + b"\n")


try:
    main()
except (LookupError, ValueError, email.errors.MessageError) as error:
    sys.exit(f"linux: LINUX_PATCH={sys.argv[1]}: a mail cannot be decoded: {error}")
