"""The words of the folder of a case: what each file is, and how everything in it is checked without Licet."""

from __future__ import annotations

from typing import Final

WHAT: Final = (
    (r"README\.txt", "this text"),
    (r"SHA256SUMS", "the digests of all files, for sha256sum"),
    (r"index\.html", "the case as a page; any browser opens it"),
    (r"public\.json", "the public version: what is withheld stands as its class, and why"),
    (r"case\.json", "the whole case: every entry as it is kept"),
    (r"blind", "32 bytes that were hashed with the whole case"),
    (r"procedure\.json", "the procedure that it goes by: states, events, clocks, with their sources"),
    (r"diagram\.svg", "the procedure's states and events as a drawing"),
    (r"calendar\.json", "the days that are not worked, by which deadlines were computed"),
    (r"criteria/.*\.oscal\.json", "a catalogue of criteria (OSCAL 1.1.3)"),
    (r"decisions/\d+\.json", "the decision of the entry with this number"),
    (r"decisions/\d+\.dsse\.json", "the same as a signed statement (in-toto v1 in DSSE)"),
    (r"decisions/\d+\.intoto\.json", "the same as a statement (in-toto v1), not signed"),
    (r"decisions/\d+\.oscal\.json", "its verdicts, criterion by criterion (OSCAL 1.1.3)"),
    (r"decisions/\d+\.yaml", "the instruments that it wrote, for enactment"),
    (r"evidence\.json", "what each digest of evidence is: a document in force, a judgement, an exhibit"),
    (r"links\.json", "what it is linked to, and the cases that are linked to it: an appeal, one that decides it again"),
    (r"exhibits/.*", "a document that came with an entry: entry, position, name"),
)
"""What each file is, by its path."""

README: Final = """\
{case}: {title}
State: {state}. This folder holds {version} of the case, as of {as_of}.

Open index.html in any browser: it needs no network. Everything else is plain text, JSON or what was handed in.

FILES
{files}

HOW TO CHECK IT
1. That nothing was changed since the folder was made. In this folder:

       sha256sum -c SHA256SUMS

   (On a Mac: shasum -a 256 -c SHA256SUMS.) Each line must end in OK.

2. That this is the case that was published. The register shows this digest of the whole case:

       {whole}

{check}3. Who signed a decision. decisions/*.dsse.json are envelopes as any DSSE tool verifies them, with the Ed25519
   public key of the officer. What is signed has the SHA-256 digest of decisions/N.json as the subject
   "{case}, entry N"; sha256sum decisions/N.json gives the same.

Instants are RFC 3339 with their offset from UTC. Digests are SHA-256.
"""

WHOLE: Final = """\
   It is over the 32 bytes of the file blind, and then the bytes of case.json:

       cat blind case.json | sha256sum

   gives {whole}.
   Keep the file blind as secret as case.json: without it nobody can try out what is withheld.

"""
