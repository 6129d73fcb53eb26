"""Several processes at one store on SQLite: who wins of two at once, and what is there after one of them died."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from licet.adapters.store import create_store, open_store
from licet.services.stored import Ground, Warrant

NOW = datetime(2026, 6, 12, 21, 21, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the state directory will be."""
    return tmp_path / "state"


ENACT = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from licet.adapters.store import create_store
    from licet.services.ports import StoreConflict
    from licet.services.stored import Ground, Warrant

    alone = Warrant(Ground.NARROWS)
    now = datetime(2026, 6, 12, tzinfo=UTC)
    store = create_store(Path(sys.argv[1]), now)
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    for epoch in range(20):
        while len(store.enactments()) < epoch:
            pass
        try:
            store.enact([], [], actor=sys.argv[2], at=now, rulebook="r", expected_epoch=epoch, warrant=alone)
            won += 1
        except StoreConflict:
            pass
    print(won)
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_of_two_processes_that_enact_the_same_epoch_exactly_one_wins(state: Path) -> None:
    racers = [start(ENACT, str(state), name) for name in ("ann", "bob")]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    won = [int(racer.communicate("go\n", timeout=60)[0]) for racer in racers]
    assert sum(won) == 20
    with closing(open_store(state, NOW)) as store:
        enactments = store.enactments()
        assert [enactment.epoch for enactment in enactments] == list(range(1, 21))
        assert [sum(each.actor == name for each in enactments) for name in ("ann", "bob")] == won
        assert store.head() == 20


APPROVE = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from licet.adapters.store import open_store
    from licet.services.ports import StoreConflict
    from licet.services.stored import Ground, Warrant

    now = datetime(2026, 6, 12, tzinfo=UTC)
    store = open_store(Path(sys.argv[1]), now)
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    for waits in store.proposals():
        warrant = Warrant(Ground.TWO_OFFICERS, approved_by=sys.argv[2], proposal=waits.id)
        while True:
            epoch = len(store.enactments())
            try:
                store.enact([], [], actor="ann", at=now, rulebook="r", expected_epoch=epoch, warrant=warrant)
                won += 1
            except StoreConflict as error:
                if "somebody else enacted" in str(error):
                    continue
            break
    print(won)
"""


def test_of_two_officers_who_approve_at_once_exactly_one_wins(state: Path) -> None:
    with closing(create_store(state, NOW)) as store:
        for number in range(20):
            store.propose([], [], actor="ann", at=NOW, rulebook=f"r{number}", epoch=0, summary=b"{}")
    racers = [start(APPROVE, str(state), name) for name in ("ben", "cleo")]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    won = [int(racer.communicate("go\n", timeout=60)[0]) for racer in racers]
    assert sum(won) == 20
    with closing(open_store(state, NOW)) as store:
        assert sorted(each.enacted or 0 for each in store.proposals()) == list(range(1, 21))
        assert sorted(each.approved_by or "" for each in store.enactments()) == ["ben"] * won[0] + ["cleo"] * won[1]
        assert store.head() == 60, "each was proposed, approved and enacted, once"


DIE = """
    import os
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from sqlalchemy import event
    from licet.adapters.store import open_store
    from licet.services.stored import Ground, Warrant

    now = datetime(2026, 6, 12, tzinfo=UTC)
    store = open_store(Path(sys.argv[1]), now)
    (waits,) = store.proposals()

    @event.listens_for(store._database.engine, "after_cursor_execute")
    def die(connection, cursor, statement, *_):
        if statement.startswith(sys.argv[2]):
            os._exit(9)

    warrant = Warrant(Ground.TWO_OFFICERS, approved_by="ben", proposal=waits.id)
    store.enact([], [], actor="ann", at=now, rulebook="r", expected_epoch=0, warrant=warrant)
"""


@pytest.mark.parametrize("statement", ["INSERT INTO event", "INSERT INTO enactment", "INSERT INTO warrant"])
def test_an_approval_that_dies_in_the_middle_did_not_happen(state: Path, statement: str) -> None:
    with closing(create_store(state, NOW)) as store:
        store.propose([], [], actor="ann", at=NOW, rulebook="r", epoch=0, summary=b"{}")
    dying = start(DIE, str(state), statement)
    dying.communicate(timeout=60)
    assert dying.returncode == 9
    with closing(open_store(state, NOW)) as store:
        (waits,) = store.proposals()
        assert waits.is_open
        assert store.enactments() == ()
        assert [each.kind for each in store.events(0)] == ["proposed"]
        warrant = Warrant(Ground.TWO_OFFICERS, approved_by="ben", proposal=waits.id)
        assert (
            store.enact([], [], actor="ann", at=NOW, rulebook="r", expected_epoch=0, warrant=warrant).proposal
            == waits.id
        )


ADD = """
    import sys
    from datetime import UTC, datetime
    from pathlib import Path
    from licet.adapters.store import open_store

    now = datetime(2026, 6, 12, tzinfo=UTC)
    store = open_store(Path(sys.argv[1]), now)
    number = 0
    while True:
        store.add_subject(f"s{number}", "person", actor="me", at=now)
        print(number, flush=True)
        number += 1
"""


def test_what_was_answered_survives_the_death_of_the_writer(state: Path) -> None:
    create_store(state, NOW).close()
    writer = start(ADD, str(state))
    assert writer.stdout is not None
    answered = [int(writer.stdout.readline()) for _ in range(50)]
    writer.kill()
    answered += [int(line) for line in writer.communicate()[0].split()]
    with closing(open_store(state, NOW)) as store:
        there = {record.id for record in store.subjects()}
        assert there >= {f"s{number}" for number in answered}
        assert len(there) <= len(answered) + 1
        assert store.head() == len(there)
