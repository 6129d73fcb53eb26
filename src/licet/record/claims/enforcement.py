"""The verdict on an enforcement claim: every decision of the disclosed segments, decided again. `spec/verify.md`."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from licet.core.facts import Fact
from licet.core.safeguards import Side
from licet.record.claims.claim import ClaimVerdict, EnforcementClaim, Outcome, Tally, Whom, whom_of
from licet.record.claims.instants import BEGINNING, END, earlier, later
from licet.record.claims.recomputing import ELSEWHERE, LATE_FACTS, NOBODY, Interpreter, Person
from licet.record.claims.screening import why_not_said
from licet.record.claims.serving import Answer, why_served
from licet.record.claims.stories import Stories
from licet.record.log.entries import Entry, JournalSegment
from licet.record.log.findings import Findings
from licet.record.log.logged import Logged, logged
from licet.record.log.opening import Opening
from licet.record.log.rulebooks import Law, Withheld
from licet.record.refusal import NotProven, RecordRefused
from licet.record.sealed.chains import Ends, File, check_chains
from licet.record.sealed.disclosed import DisclosedSegment, OpenFile
from licet.record.sealed.journal_records import Closed, Decided, Ended, JournalRecord, Opened, read_record

LIMITS = (
    "that what was attested of somebody was true: facts are what the operator was told",
    "that the journal was honest when it was sealed: that nothing was made up or left out before, such as whole files",
    "that instants are true: they are the operator's clocks', and a cosignature says only what was there by then",
    "that the model which answered was the one that is named: names are the catalogue's",
    "what passed by other ways than the gate, or by a gate whose journal is not in the log",
    "answers that began before the first record that was disclosed and never ended in one that was",
    "models that a request named inside its body besides the one that it asked for: the journal names only that one",
    "facts that changed under an open answer, and back, between two segments that name its subject, or after the last",
    "whom the claim held of for less than the grace at a time: such answers are counted, not found",
    "a refusal for a reason outside the rulebook, such as a key that does not reach the model: it was only counted",
    "whether what safeguards said of a request or an answer was right: the journal has neither",
)
"""What no verification of a claim can see."""


def _no_report(_: int) -> None:
    return


def check_claim(
    claim: EnforcementClaim,
    entries: Sequence[tuple[int, Entry]],
    open_file: OpenFile,
    openings: Mapping[str, Opening] | None = None,
    report: Callable[[int], None] = _no_report,
) -> ClaimVerdict:
    """The verdict on a claim, from the entries of a log that `log_check` accepts and the files of a disclosure.

    `report` is told how many records have been read. Raises `NotAClaim` and `ConditionRejectedError` for a claim that
    says nothing; whatever the files are, it is in the verdict.
    """
    checking = _Checking(claim, Law(entries, openings), logged(entries), open_file, report)
    checking.run()
    return checking.verdict()


class _Checking:
    """One claim while it is verified."""

    def __init__(
        self,
        claim: EnforcementClaim,
        law: Law,
        log: Logged,
        open_file: OpenFile,
        report: Callable[[int], None],
    ) -> None:
        self._claim = claim
        self._law = law
        self._log = log
        self._open_file = open_file
        self._report = report
        self._whom: Whom | None = None
        self._declared: Mapping[str, Fact] = {}
        self._interpreters: dict[int, Interpreter | None] = {}
        self._people: dict[str, Person] = {}
        self._nobody = Person(NOBODY)
        self._answers: dict[str, tuple[Answer, ...]] = {}
        self._epochs: dict[str, int] = {}
        self._violations = Findings()
        self._missing = Findings()
        self._counts: Counter[str] = Counter()
        self._seen: set[str] = set()

    def run(self) -> None:
        """Look at everything."""
        try:
            newest = self._newest()
            rulebook = self._law.rulebook(newest)
        except (NotProven, Withheld) as error:
            self._missing.add(error.place, error.why)
            return
        self._whom, self._declared = whom_of(self._claim, rulebook), rulebook.facts
        self._in_order()
        wanted = self._with_facts(list(self._wanted()))
        files = [file for each in wanted if (file := self._segment(each)) is not None]
        self._covered()
        for finding in check_chains(files, self._claim.since, self._log.acknowledged, self._claim.until):
            self._missing.add(*finding)
        self._unended(Ends(files))

    def verdict(self) -> ClaimVerdict:
        """What it came to: a violation counts more than what is missing."""
        violated, lacking = self._violations.count, self._missing.count
        outcome = Outcome.DOES_NOT_HOLD if violated else Outcome.NOT_SHOWN if lacking else Outcome.HOLDS
        counts = self._counts
        rulebooks = sum(each is not None for each in self._interpreters.values())
        tally = Tally(
            sum(counts[each] for each in ("serve", "substitute", "refuse")),
            counts["serve"],
            counts["substitute"],
            counts["refuse"],
            counts["elsewhere"],
            counts["late"],
            counts["answers"],
            len(self._seen),
            counts["segments"],
            rulebooks,
            counts[LATE_FACTS],
            counts["excused"],
            counts["flagged"],
            counts["stopped"],
        )
        return ClaimVerdict(
            self._claim,
            outcome,
            tuple(self._violations.first),
            violated,
            tuple(self._missing.first),
            lacking,
            tally,
            self._whom.names if self._whom is not None else (),
            LIMITS,
        )

    def _newest(self) -> int:
        """The newest epoch that was enacted by the end of the claim's time."""
        at = bisect_right(self._log.enacted, (self._claim.until, 2**53))
        return self._log.enacted[at - 1][1] if at else 0

    def _in_order(self) -> None:
        """That of the enactments that say they were made by then, each says it was after the one before."""
        before: datetime | None = None
        for epoch, (index, enacted) in sorted(self._law.enactments.items()):
            if before is not None and enacted.at < before and enacted.at <= self._claim.until:
                why = (
                    f"epoch {epoch} says that it was enacted at {enacted.at.isoformat()}, before epoch {epoch - 1} was"
                )
                self._missing.add(f"entry {index}", f"{why}: so it is not shown which one was in force")
            before = enacted.at

    def _wanted(self) -> Iterator[JournalSegment]:
        """The segments that the claim is about, in order of time, and older ones that were disclosed, too."""
        for entry in sorted(self._log.segments.values(), key=lambda each: (each.first, each.segment)):
            if entry.first > self._claim.until:
                continue
            if entry.last >= self._claim.since:
                deleted = self._log.deletions.get(entry.segment)
                if deleted is None:
                    yield entry
                else:
                    why = f"it was deleted at {deleted.at.isoformat()} under the rule `{deleted.rule}`"
                    self._missing.add(f"segment {entry.segment}", why)
            elif self._is_there(entry):
                yield entry

    def _is_there(self, entry: JournalSegment) -> bool:
        try:
            with self._open_file(DisclosedSegment(entry, None, self._open_file).file):
                return True
        except OSError:
            return False

    def _covered(self) -> None:
        """That the log has segments for all of the claim's time."""
        first = min((each.first for each in self._log.segments.values()), default=None)
        last = max((each.last for each in self._log.segments.values()), default=None)
        if first is None or last is None:
            self._missing.add("log", "it has no segment of the journal")
            return
        if first > self._claim.since:
            self._missing.add("log", f"it has no segment for the time before {first.isoformat()}")
        if last < self._claim.until:
            self._missing.add("log", f"it has no segment for the time after {last.isoformat()}")

    def _segment(self, entry: JournalSegment) -> File | None:
        """One segment's records, decided again; its findings count only if it is what the log commits to."""
        disclosed = DisclosedSegment(entry, None, self._open_file)
        before = (self._violations.count, self._missing.count, self._counts.copy())
        file = File(entry)
        batches = disclosed.payloads()
        try:
            for batch in batches:
                self._records(file, batch, batches)
                self._report(len(batch))
        except RecordRefused as error:
            self._violations.back_to(before[0])
            self._missing.back_to(before[1])
            self._counts = before[2]
            self._answers = {id_: answer for id_, answer in self._answers.items() if id_ not in file.open}
            self._missing.add(error.place, error.why)
            return None
        self._counts["segments"] += 1
        if (file.first, file.last) != (entry.first, entry.last):
            self._violations.add(
                f"segment {entry.segment}", "its records are not from the time that the log says it is from"
            )
        return file

    def _with_facts(self, entries: Sequence[JournalSegment]) -> list[JournalSegment]:
        """Take the facts of all of them; those whose facts can be taken.

        What they say of one subject must be one story: see `Stories`.
        """
        stories = Stories()
        found = []
        for entry in entries:
            try:
                opened = DisclosedSegment(entry, self._log.facts.get(entry.segment), self._open_file).subjects()
            except RecordRefused as error:
                self._missing.add(error.place, error.why)
                continue
            found.append(entry)
            for pseudonym, leaf in opened.items():
                if not stories.take(entry, leaf):
                    why = f"what it says of the subject `{pseudonym}` is not what another segment says"
                    self._violations.add(f"{entry.segment}.facts.jsonl", why)
        self._people = {pseudonym: Person(leaf) for pseudonym, leaf in stories.told.items()}
        return found

    def _records(self, file: File, batch: Sequence[bytes], rest: Iterator[Sequence[bytes]]) -> None:
        """Look at some records. One that is none is the fault of the log, if this is what the log commits to."""
        try:
            for index, payload in enumerate(batch, file.count):
                self._record(file, index, read_record(payload, f"segment {file.entry.segment}, record {index}"))
        except RecordRefused:
            for _ in rest:  # raises `NotProven` if it is not
                pass
            raise

    def _record(self, file: File, index: int, record: JournalRecord) -> None:
        file.saw(index, record)
        if isinstance(record, Decided):
            self._decision(file, index, record)
        elif isinstance(record, Ended):
            self._end(file, index, record)
        else:
            assert isinstance(record, Opened | Closed)

    def _decision(self, file: File, index: int, record: Decided) -> None:
        parties = self._parties(file, index, record)
        if parties and self._claim.since <= record.at <= self._claim.until:
            self._counts[record.said.outcome] += 1
            self._counts["flagged"] += any(each.flags for each in record.safeguards)
            self._seen.update(each for each in (record.subject or "", record.beside) if each is not None)
            unknown = next((each for each in parties if each is not self._nobody and each.leaf.name is None), None)
            if unknown is not None:
                self._of_nobody(file, index, record, unknown.leaf.subject)
            else:
                self._again(file, index, record, parties)
        if record.served is not None:
            if record.id in self._answers:
                self._violations.add(_place(file, index, record), "another answer of that name has not ended yet")
            self._answers[record.id] = self._answer(file, index, record, parties)
            file.open[record.id] = None
            self._epochs[record.id] = record.epoch

    def _parties(self, file: File, index: int, record: Decided) -> list[Person]:
        """Whose facts decide: of the subject, and of the other one of two. None, if they were not opened of each."""
        if record.subject is None and record.beside is None:
            return [self._nobody]
        found: list[Person] = []
        for pseudonym in (record.subject,) if record.beside is None else (record.subject, record.beside):
            person = None if pseudonym is None else self._people.get(pseudonym)
            if person is None:
                why = f"the facts of its subject `{pseudonym}` were not opened"
                self._missing.add(_place(file, index, record), why)
                return []
            found.append(person)
        return found

    def _of_nobody(self, file: File, index: int, record: Decided, subject: str) -> None:
        """A decision about somebody who was erased: by which facts it was made cannot be shown any more."""
        why = self._by_its_epoch(file.entry.worker, record)
        if why is not None:
            self._violations.add(_place(file, index, record), why)
        told = f"nothing is known any more of its subject `{subject}`"
        self._missing.add(_place(file, index, record), f"{told}: whether it is the right decision is not shown")

    def _answer(self, file: File, index: int, record: Decided, parties: list[Person]) -> tuple[Answer, ...]:
        """An answer by one of the claim's models to those of the parties whom it may be about, if its end matters."""
        if record.served is None or record.served not in self._claim.models or record.at > self._claim.until:
            return ()
        if not parties or not self._claim.is_about(record.operation):
            return ()
        self._counts["answers"] += record.at >= self._claim.since
        found = (self._answer_to(_place(file, index, record), record, record.served, person) for person in parties)
        return tuple(each for each in found if each is not None)

    def _answer_to(self, place: str, record: Decided, served: str, person: Person) -> Answer | None:
        assert self._whom is not None
        spells = person.spells_of(self._whom, self._declared, record)
        known = person.leaf.name is not None
        if not spells and known:
            return None
        whenever = spells if known else [(BEGINNING, END)]
        answer = Answer(place, record.id, served, record.at, whenever, known)
        if self._broken(answer, record.at):
            return None
        if record.at >= self._claim.since and any(start <= record.at < until for start, until in spells):
            self._counts["excused"] += 1
        return answer

    def _broken(self, answer: Answer, ended: datetime) -> bool:
        """Whether an answer that ended then breaks the claim, or may; that is noted."""
        why = why_served(self._claim, answer, ended)
        if why is not None and answer.known:
            self._violations.add(answer.place, why)
        elif why is not None:
            told = f"`{answer.served}` was served to a subject of whom nothing is known any more"
            self._missing.add(answer.place, f"{told}: whether `{self._claim.whom}` held of them is not shown")
        return why is not None

    def _again(self, file: File, index: int, record: Decided, parties: list[Person]) -> None:
        """Decide again; and by the right epoch."""
        interpreter = self._interpreter(record.epoch)
        why = None
        if interpreter is not None:
            if record.rulebook != interpreter.rulebook.digest:
                why = f"it names the rulebook {record.rulebook[:80]}; epoch {record.epoch} is another one"
            else:
                why = interpreter.why_not(record, parties[0], self._claim.grace, *parties[1:])
            if why is ELSEWHERE or why is LATE_FACTS:
                self._counts[why] += 1
                why = None
        why = why or self._by_its_epoch(file.entry.worker, record)
        if why is not None:
            self._violations.add(_place(file, index, record), why)

    def _interpreter(self, epoch: int) -> Interpreter | None:
        if epoch not in self._interpreters:
            try:
                self._interpreters[epoch] = Interpreter(self._law.rulebook(epoch))
            except (NotProven, Withheld) as error:
                self._interpreters[epoch] = None
                self._missing.add(error.place, f"decisions of epoch {epoch} cannot be checked: {error.why}")
        return self._interpreters[epoch]

    def _by_its_epoch(self, worker: str, record: Decided) -> str | None:
        """Why this worker should not have decided under this epoch then."""
        steps = self._log.acknowledged.get(worker, [])
        at = bisect_right(steps, (record.at, -1))  # strictly after the acknowledgement
        if at and steps[at - 1][1] > record.epoch:
            return f"it was decided under epoch {record.epoch}, after {worker} acknowledged epoch {steps[at - 1][1]}"
        enacted = self._law.enactments.get(record.epoch)
        if enacted is not None and later(record.at, self._claim.grace) < enacted[1].at:
            return f"it was decided under epoch {record.epoch}, before that was enacted"
        at = bisect_right(self._log.enacted, (earlier(record.at, self._claim.grace), 0))
        self._counts["late"] += bool(at) and self._log.enacted[at - 1][1] > record.epoch
        return None

    def _end(self, file: File, index: int, record: Ended) -> None:
        file.open.pop(record.id, None)
        answers = self._answers.pop(record.id, None)
        epoch = self._epochs.pop(record.id, None)
        if record.safeguards and epoch is not None:
            self._screened(file, index, record, epoch)
        if answers is None and record.at > later(self._claim.since, self._claim.grace):
            place = _place(file, index, record)
            self._missing.add(place, "the decision behind this answer is in no segment that was disclosed")
        for answer in answers or ():
            self._broken(answer, record.at)

    def _screened(self, file: File, index: int, record: Ended, epoch: int) -> None:
        """What safeguards said of an answer, held against those of the epoch under which it was decided."""
        self._counts["stopped"] += record.how == "cut" and any(each.flags for each in record.safeguards)
        interpreter = self._interpreter(epoch)
        if interpreter is None:
            return
        why = why_not_said(record.safeguards, Side.ANSWER, interpreter.rulebook)
        if why is not None:
            self._violations.add(_place(file, index, record), why)

    def _unended(self, ends: Ends) -> None:
        """Answers without an `end`: they ended with their worker, if it is known when that was."""
        for answer in (each for answers in self._answers.values() for each in answers):
            ended = ends.of(answer.id)
            if ended is not None:
                self._broken(answer, ended)
            elif (why := why_served(self._claim, answer, END)) is not None:
                self._missing.add(answer.place, f"it is not recorded when this answer ended: {why}")


def _place(file: File, index: int, record: Decided | Ended) -> str:
    return f"segment {file.entry.segment}, record {index} ({record.id})"
