"""The configuration: strict, with a place for every problem, and every setting documented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from licet.adapters.clock import ScenarioClock
from licet.app.config import SETTINGS, ConfigurationRejected, load, read
from licet.app.setting import ClockKind, Listen
from licet.gate.limits import Limits
from licet.services.record.settings import Withholding

SPEC = (Path(__file__).parents[2] / "spec" / "configuration.md").read_text()
FILE = Path("/etc/licet/licet.yaml")


def test_everything_has_a_default() -> None:
    config = read(FILE, b"")
    assert (config.listen, config.workers, config.clock) == (Listen("127.0.0.1", 8080), 2, ClockKind.SYSTEM)
    assert config.limits == Limits()
    assert config.state == Path("/etc/licet/.licet")
    assert config.public_url == "http://127.0.0.1:8080"


def test_a_scenario_can_begin_at_an_instant() -> None:
    config = read(FILE, b"clock: scenario\nclock_from: 2026-06-09T09:00:00-04:00\n")
    assert config.clock_from == datetime(2026, 6, 9, 13, tzinfo=UTC)
    assert timedelta() <= ScenarioClock(config.clock_from).now() - config.clock_from < timedelta(minutes=1)


def test_everything_can_be_set() -> None:
    config = read(
        FILE,
        b"listen: '[::1]:0'\nworkers: 8\nstate: /var/lib/licet\nmax_rulebook_age: 60\nclock: scenario\n"
        b"limits: {body_bytes: 2048, total_seconds: 60}\npublic_url: https://models.example/\n"
        b"appeal: mailto:appeal@models.example\nverify: https://models.example/verify\n"
        b"telemetry: {otlp_endpoint: 'http://127.0.0.1:4318'}\nlog: {level: debug}\n",
    )
    assert (config.listen, str(config.listen)) == (Listen("::1", 0), "[::1]:0")
    assert (config.state, config.workers, config.max_rulebook_age) == (Path("/var/lib/licet"), 8, 60)
    assert (config.limits.body_bytes, config.limits.total_seconds, config.limits.concurrent) == (2048, 60, 1024)
    assert (config.public_url, config.appeal) == ("https://models.example", "mailto:appeal@models.example")
    assert (config.clock, config.otlp_endpoint, config.log_level) == (
        ClockKind.SCENARIO,
        "http://127.0.0.1:4318",
        "debug",
    )


def test_the_record_lies_below_the_state_and_is_called_after_the_host() -> None:
    record = read(FILE, b"public_url: https://models.example:8443/gate\n").record
    assert (record.origin, record.policy, record.public_url) == ("models.example/record", None, None)
    assert (record.folder, record.lock) == (Path("/etc/licet/.licet/record"), Path("/etc/licet/.licet/record-lock"))
    assert (record.key, record.segments) == (Path("/etc/licet/.licet/record.key"), Path("/etc/licet/.licet/segments"))
    assert (record.retention_days, record.withhold) == (1827, ())


def test_the_record_can_be_set() -> None:
    record = read(
        FILE,
        b"record:\n  public_url: https://record.example/\n  folder: /srv/record\n  policy: witnesses.policy\n"
        b"  key: 'pkcs11:token=t;object=o'\n  retention_days: 30\n"
        b"  withhold: [{document: x, fields: [models, forbids], reason: r, authority: a},"
        b" {document: y, fields: all, reason: r, authority: a}]\n",
    ).record
    assert (record.origin, record.public_url) == ("record.example/record", "https://record.example")
    assert (record.folder, record.policy) == (Path("/srv/record"), Path("/etc/licet/witnesses.policy"))
    assert (record.key, record.retention_days) == ("pkcs11:token=t;object=o", 30)
    assert record.withhold == (Withholding("x", ("forbids", "models"), "r", "a"), Withholding("y", (), "r", "a"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lisen: x", "1:1: unknown setting `lisen`; there are `listen`, `workers`"),
        ("limits: {body: 1}", "1:10: unknown setting `limits.body`; there are `body_bytes`"),
        ("workers: 0", "1:10: `0` is not allowed here; allowed: a whole number from 1 to 256"),
        ("workers: true", "1:10: `true` is not allowed here"),
        ("workers: 2\nworkers: 3", "2:1: duplicate key `workers`"),
        ("listen: 8080", "1:9: `8080` is not allowed here; allowed: an address and a port"),
        ("listen: 127.0.0.1:70000", "1:9: `127.0.0.1:70000` is not allowed here"),
        ("public_url: models.example", "an http or https URL"),
        ("public_url: 'http://user:secret@x'", "without credentials"),
        ("public_url: 'http://[x'", "an http or https URL"),
        ('verify: "https://x/\\r\\nlink: y"', "an http, https or mailto URL"),
        ("appeal: 'mailto:<x>'", "an http, https or mailto URL"),
        ("clock: sundial", "allowed: `system` or `scenario`"),
        ("clock_from: 2026-06-09T13:00:00Z", "only with `clock: scenario`"),
        ("clock: scenario\nclock_from: yesterday", "an instant with its offset from UTC"),
        ("clock: scenario\nclock_from: 2026-06-09", "an instant with its offset from UTC"),
        ("log: debug", "1:6: `debug` is not allowed here; allowed: settings by name"),
        ("log: {level: loud}", "allowed: `debug`, `info`, `warning`, `error`"),
        ("state: ''", "a directory"),
        ("record: {origin: 'a b'}", "1:18: `a b` is not allowed here; allowed: a name without spaces and `+`"),
        ("record: {origin: 7}", "allowed: a name without spaces"),
        ("record: {retention_days: 0}", "allowed: a whole number from 1 to 36525"),
        ("record: {tile: x}", "1:10: unknown setting `record.tile`"),
        ("record: {withhold: all}", "allowed: a list of mappings with `document`, `fields`, `reason` and `authority`"),
        ("record: {withhold: [{document: x}]}", "in mapping 1 exactly `document`, `fields`, `reason` and `authority`"),
        (
            "record: {withhold: [{document: x, fields: [], reason: r, authority: a}]}",
            "in mapping 1 `fields`: `all`, or a list of names of fields, each once",
        ),
        ("record: {withhold: [{document: x, fields: all, reason: '', authority: a}]}", "in mapping 1 `reason`: a text"),
        (
            "record:\n  withhold:\n" + 2 * "  - {document: d, fields: all, reason: r, authority: a}\n",
            "each document once; `d` is there twice",
        ),
        ("record: {key: ''}", "a file, relative to the configuration's directory, or a key in a token"),
        ("- a\n- b", "1:1:"),
        ("listen: [", "licet.yaml:2:1:"),
        ("workers: 2\n---\nworkers: 3", "3:1: a second document; a configuration is one"),
    ],
)
def test_what_is_wrong_has_its_place(text: str, message: str) -> None:
    with pytest.raises(ConfigurationRejected) as raised:
        read(FILE, text.encode() + b"\n")
    assert str(raised.value).startswith(str(FILE))
    assert message in str(raised.value)


MAIL = "mail: {host: mx.example, from: cases@licet.example, look_at: 'https://licet.example/cases'%s}"


def test_mail_is_read_with_all_that_it_needs() -> None:
    found = read(FILE, (MAIL % "").encode()).mail
    assert found is not None
    assert (found.host, found.port, found.security, found.sender) == (
        "mx.example",
        587,
        "starttls",
        "cases@licet.example",
    )
    more = read(FILE, (MAIL % ", port: 465, security: tls, user: u, password_env: P, timeout_seconds: 5").encode()).mail
    assert more is not None
    assert (more.port, more.security, more.user, more.password_env, more.timeout) == (465, "tls", "u", "P", 5)
    assert read(FILE, b"").mail is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mail: {host: mx.example}", "`mail.from` is missing"),
        ("mail: {}", "`mail.host` is missing"),
        (MAIL % ", user: u", "`mail.user` and `mail.password_env` come together"),
        (MAIL % ", user: u, password_env: P, security: none", "a password goes over TLS alone"),
        (MAIL % ", security: some", "`tls`, `starttls`, `none`"),
        (MAIL % ", officers: 'a@b.example, c@d.example'", "an address for mail"),
        (MAIL % ", password_env: 'a-b'", "an environment variable"),
        (MAIL % ", password: secret", "unknown setting `mail.password`"),
    ],
)
def test_mail_that_could_not_be_sent_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigurationRejected, match=message):
        read(FILE, text.encode())


def test_all_problems_at_once() -> None:
    with pytest.raises(ConfigurationRejected) as raised:
        read(FILE, b"workers: 0\nclock: x\nfoo: 1\n")
    assert len(raised.value.messages) == 3


def test_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRejected, match="run `licet init`, or name one with `--config`"):
        load(tmp_path / "licet.yaml")


def names(table: Mapping[str, object], above: str = "") -> list[str]:
    found = []
    for name, reader in table.items():
        found += names(reader, f"{above}{name}.") if isinstance(reader, Mapping) else [above + name]
    return found


def test_every_setting_is_in_the_specification_and_no_other() -> None:
    assert re.findall(r"^\| `([a-z_.]+)` \| ", SPEC, re.MULTILINE)[: len(names(SETTINGS))] == names(SETTINGS)


def test_the_specifications_defaults_and_example_hold() -> None:
    config = read(FILE, b"")
    for name in names(SETTINGS["limits"], "limits."):  # type: ignore[arg-type]
        assert f"| `{name}` | `{getattr(config.limits, name.removeprefix('limits.'))}` |" in SPEC
    example = re.search(r"```yaml\n(.*?)```", SPEC, re.DOTALL)
    assert example is not None
    assert read(FILE, example[1].encode()).workers == 4
