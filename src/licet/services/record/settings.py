"""What an operator sets about the record: where it lies, what it is called, what of it may not be published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Withholding:
    """A document that may not be published, or not all of it: `record.withhold` in the configuration.

    `fields` are the names of those that are withheld; none means all of them, the document's name included. `reason`
    and `authority` are published in their place.
    """

    document: str
    fields: tuple[str, ...]
    reason: str
    authority: str


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """The settings `record:`, each with its default; all paths are absolute.

    `origin`: the log's name. `folder`: the public log; `lock`: the store of the last signed checkpoint, apart from it;
    `staging`: batches on their way into it; `segments`: the sealed journal; `openings`: salts of what is withheld.
    `key`: the log's private key, a file, or the RFC 7512 URI of one in a token, `pkcs11:…`. `policy`: whose
    cosignatures a checkpoint needs, a file; None for nobody's. `public_url`: where others read the log.
    """

    origin: str
    folder: Path
    lock: Path
    staging: Path
    segments: Path
    openings: Path
    key: Path | str
    policy: Path | None = None
    retention_days: int = 1827
    withhold: tuple[Withholding, ...] = ()
    public_url: str | None = None
