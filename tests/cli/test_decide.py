"""`decide` and `explain` say what the reference interpreter says, for every cell of the June cycle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.app.demo.scenario import read_scenario

if TYPE_CHECKING:
    from tests.cli.conftest import Command

JUNE = Path(__file__).parents[2] / "scenarios" / "june-2026"
ORDERED = "2026-06-12T18:51:00-04:00"


def test_the_june_cycle(june: Command) -> None:
    scenario = read_scenario(JUNE)
    checked = 0
    for number in (0, 2, 3):
        for place in scenario.places(number):
            expected = scenario.expected(place)
            at = scenario.instants[number].at.isoformat()
            said = june("decide", "-s", place.caller, "-m", place.model, "--at", at, "--json")
            assert said.code == (0 if expected.outcome == "serve" else 1)
            assert said.tree["outcome"] == expected.outcome
            assert tuple(said.tree["instruments"]) == expected.instruments
            checked += 1
    assert checked == 63


@pytest.mark.parametrize(("at", "outcome"), [("2026-06-12T18:50:59-04:00", "serve"), (ORDERED, "substitute")])
def test_the_boundary_to_the_second(june: Command, at: str, outcome: str) -> None:
    assert june("decide", "-s", "jean", "-m", "fable-5", "--at", at, "--json").tree["outcome"] == outcome


def test_no_substitution_is_the_model_or_nothing(june: Command) -> None:
    said = june("decide", "-s", "jean", "-m", "fable-5", "--at", ORDERED, "--no-substitution")
    assert said.code == 1
    assert said.out.startswith("refuse: jean asks to use fable-5")
    assert "order us-doc-2026-06-12" in said.out


def test_facts_instead_of_a_subject(june: Command) -> None:
    ask = ("-m", "fable-5", "--at", ORDERED, "--json")
    assert june("decide", "--facts", "us_citizen=true", *ask).code == 0
    unknown = june("decide", "--facts", "us_citizen=false,citizenships=FR;DE", *ask)
    assert unknown.tree["unknown"] == ["lpr", "protected_individual"]
    assert june("decide", "--facts", "kind=workload,natural_person=false,us_organised=true", *ask).code == 0
    assert june("decide", "--facts", "us_organised=true", *ask).code == 1, "a person is not an organisation"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-m", "fable-5"), "say who asks, either with `--subject` or with `--facts`"),
        (("-s", "ada", "-f", "lpr=true", "-m", "fable-5"), "say who asks"),
        (("-s", "nobody", "-m", "fable-5"), "there is no subject `nobody`"),
        (("-s", "ada", "-m", "Fable-5"), "there is no model `Fable-5`; there are fable-5, mythos-5, opus-4.8, small"),
        (("-f", "us_citizen=yes", "-m", "fable-5"), "`yes` is neither `true` nor `false`"),
        (("-f", "us_citzen=true", "-m", "fable-5"), "`us_citzen` is not a fact that can be attested; there are"),
        (("-f", "stream=true", "-m", "fable-5"), "`stream` is not a fact that can be attested"),
        (("-f", "lpr=true,lpr=false", "-m", "fable-5"), "`lpr` is there twice"),
        (("-f", "lpr", "-m", "fable-5"), "is not a fact with a value"),
        (("-f", "citizenships=France", "-m", "fable-5"), "`France` is not a value of `citizenships`"),
        (("-f", "kind=robot", "-m", "fable-5"), "is not a kind"),
        (("-f", 'lpr="true', "-m", "fable-5"), "not CSV"),
        (("-s", "ada", "-m", "fable-5", "--at", "2026-06-12"), "is not an instant with an offset"),
        (("-s", "ada", "-m", "fable-5", "--operation", "steal"), "is not one of"),
    ],
)
def test_what_cannot_be_asked(june: Command, arguments: tuple[str, ...], message: str) -> None:
    said = june("decide", *arguments)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_explain_is_sentences_and_always_0(june: Command) -> None:
    said = june("explain", "-s", "jean", "-m", "fable-5", "--at", ORDERED)
    assert said.code == 0
    assert "jean asks to use fable-5" in said.out
    assert "forbids fable-5 (`foreign_person` by foreign_person@15cfr772.1), because" in said.out
    assert "From 2026-06-30 20:00:00-04:00, by us-doc-2026-06-30: fable-5 is served." in said.out
    tree = june("explain", "-s", "jean", "-m", "fable-5", "--at", ORDERED, "--json").tree
    assert tree["outcome"] == "substitute"
    assert tree["sentences"][0].startswith("jean asks to use fable-5")


def test_a_request_fact_is_given_by_an_option(june: Command) -> None:
    Path("o.yaml").write_text(
        "order: no-streams\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
        "models: [small]\nforbids: stream\n"
    )
    assert june("enact", "o.yaml").code == 0
    assert june("decide", "-s", "ada", "-m", "small").code == 0
    assert june("decide", "-s", "ada", "-m", "small", "--stream").code == 1


def test_an_order_about_a_named_subject(june: Command, here: Path) -> None:
    """`--subject` says who asks; `--facts` does not, so there an order about somebody by name is not ruled out."""
    order = "order: named\nissued: 2026-06-01T00:00:00Z\nfrom: 2026-06-01T00:00:00Z\nmodels: [fable-5]\n"
    (here / "named.yaml").write_text(order + 'forbids: subject in {"jean"}\n')
    assert june("enact", here / "named.yaml").code == 0
    ask = ("-m", "fable-5", "--at", "2026-06-10T00:00:00Z", "--json")
    assert june("decide", "-s", "jean", *ask).tree["verdicts"][0]["forbidden_by"] == ["named"]
    assert june("decide", "-s", "ada", *ask).code == 0
    assert june("decide", "--facts", "us_citizen=true", *ask).tree["unknown"] == ["subject"]
    assert june("decide", "--facts", "subject=ada", *ask).code == 2
    (here / "people.csv").write_text("subject,kind,subject\nx,person,jean\n")
    assert june("subjects", "import", here / "people.csv").code == 3


def test_of_two_who_ask_together_each_is_decided(june: Command) -> None:
    def ask(subject: str, person: str) -> object:
        said = june("decide", "-s", subject, "--acts-for", person, "-m", "fable-5", "--at", ORDERED, "--json")
        assert said.code == (0 if said.tree["outcome"] == "serve" else 1)
        assert (said.tree["subject"], said.tree["acts_for"]) == (subject, person)
        return said.tree["outcome"], said.tree["whose"]

    assert ask("ada", "ada") == ("serve", "person")
    assert ask("ada", "jean") == ("substitute", "person"), "an agent never has more than its person"
    assert ask("jean", "ada") == ("substitute", "agent"), "a person lends an agent nothing"
    alone = june("decide", "-s", "ada", "-m", "fable-5", "--at", ORDERED, "--json").tree
    assert (alone["acts_for"], alone["whose"]) == (None, None)
    told = june("explain", "-s", "ada", "--acts-for", "jean", "-m", "fable-5", "--at", ORDERED).out
    assert "jean, for whom ada acts," in told
    assert june("decide", "-s", "ada", "--acts-for", "nobody", "-m", "fable-5").code == 2


def test_a_country_is_what_the_connection_seems_to_come_from(june: Command, here: Path) -> None:
    (here / "home.yaml").write_text(
        "order: at-home\nissued: 2026-01-01T00:00:00Z\nfrom: 2026-01-01T00:00:00Z\n"
        "models: [fable-5]\nforbids: ip_country != 'US'\n"
    )
    assert june("enact", "--yes", "home.yaml").code in (0, 6)
    ask = ("decide", "-s", "ada", "-m", "fable-5", "--at", "2026-06-10T00:00:00Z", "--no-substitution", "--json")
    assert "at-home" not in june(*ask, "--country", "US").tree["instruments"]
    assert june(*ask, "--country", "FR").tree["instruments"] == ["at-home"]
    assert june(*ask).tree["unknown"] == ["ip_country"]
    wrong = june(*ask, "--country", "France")
    assert (wrong.code, wrong.tree["error"]["code"]) == (2, "misnamed")
