"""What was read of the law of cases beforehand is what its files say. `LICET_WRITE_LAW=1` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path

import licet.wire
from licet.wire import law_read_before, yaml

KEPT = Path(licet.wire.__file__).parent / "law" / "cases" / law_read_before.READ


def test_it_is_what_the_files_say() -> None:
    wanted = law_read_before.written(law_read_before.files())
    if os.environ.get("LICET_WRITE_LAW"):
        KEPT.write_text(wanted, encoding="utf-8")
    assert KEPT.read_text(encoding="utf-8") == wanted, "run this test with LICET_WRITE_LAW=1"
    found = law_read_before.trees()
    assert found is not None
    assert found == [
        each.tree for name, content in sorted(law_read_before.files().items()) for each in yaml.read(name, content)
    ]


def test_a_file_that_was_changed_is_read_again() -> None:
    files = law_read_before.files()
    name = next(iter(files))
    assert law_read_before.trees(files) is not None
    assert law_read_before.trees({**files, name: files[name] + b"# more\n"}) is None
    assert law_read_before.trees({**files, "new.yaml": b""}) is None
    del files[name]
    assert law_read_before.trees(files) is None
