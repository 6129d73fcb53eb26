"""Which commands work only where the installation is, and why. `spec/admin-api.md` lists them for people."""

from __future__ import annotations

from collections.abc import Mapping

from licet.core.errors import LicetError


class OnlyHere(LicetError):
    """A command that no office does; the message says why. It is told as the office's own refusal is."""


LOG_KEY = "the log's private key is in no office"
SEALED = "sealed segments and what opens them are files beside the log"
PSEUDONYMS = "the keys of pseudonyms are files that no office tells"
PROCESSES = "it runs here, as a process of its own"
NAMES = "a name that is screened is told to nobody, not to the office either"

LOCAL: Mapping[str, str] = {
    "init": "it makes an installation, and there is one behind the office",
    "serve": PROCESSES,
    "office": PROCESSES,
    "shadow": "it talks to the gate processes themselves",
    "drill": "it talks to the gate processes themselves, and reads their journal",
    "report": "it reads the whole journal and sealed segments",
    "prove-decision": SEALED,
    "export cedar": "it is made to be run beside the gate",
    "pseudonyms": PSEUDONYMS,
    "screen run": NAMES,
    "screen dispose": NAMES,
    "keys log": LOG_KEY,
    "keys rotate": LOG_KEY,
    "record publish": LOG_KEY,
    "record seal": LOG_KEY,
    "record correct": LOG_KEY,
    "record relock": LOG_KEY,
    "record status": LOG_KEY,
    "record serve": PROCESSES,
    "record hold": SEALED,
    "record expire": SEALED,
    "record disclose": SEALED,
    "record open": SEALED,
}
"""Commands, or groups of them, with the reason. Whatever is not here works at an office too, or needs neither."""


def why_local(path: str) -> str | None:
    """Why a command (`record seal`) works only where the installation is; None if it does not."""
    words = path.split()
    found = (LOCAL.get(" ".join(words[:count])) for count in range(1, len(words) + 1))
    return next((each for each in found if each is not None), None)


def check_place(path: str) -> None:
    """Raises `OnlyHere` for a command that no office does."""
    why = why_local(path)
    if why is not None:
        raise OnlyHere(
            f"`licet {path}` works only where the installation is: {why}; run it there, without `--admin` (LICET_ADMIN)"
        )
