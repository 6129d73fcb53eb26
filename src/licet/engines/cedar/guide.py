"""The page that goes with an export: how to ask, what is written how, and what Cedar cannot say."""

from __future__ import annotations

import json
from datetime import datetime

from licet.core.facts import complete
from licet.core.rulebook import Rulebook
from licet.engines.cedar.policies import GUARD, CedarExport
from licet.engines.cedar.schema import context, instant_name, subject_entity

POLICIES, SCHEMA, ENTITIES = "policies.cedar", "schema.cedarschema", "entities.json"
"""The files of an export."""


def guide(rulebook: Rulebook, export: CedarExport, at: datetime) -> str:
    """A README for an export; its example asks at `at`, about somebody of whom nothing is known."""
    nobody = complete(rulebook.facts, {})
    who = json.dumps([subject_entity("somebody", rulebook.facts, nobody)], indent=2, sort_keys=True)
    request = json.dumps(
        {
            "principal": 'Subject::"somebody"',
            "action": 'Action::"use"',
            "resource": f'Model::"{min(rulebook.catalogue.models, default="")}"',
            "context": context(rulebook.facts, nobody, at),
        },
        indent=2,
    )
    instant = instant_name(rulebook.facts)
    return f"""\
# A Licet rulebook for Cedar

The rulebook `{rulebook.digest}`, epoch {rulebook.epoch},
{when(export)}.

| file | what it is |
|---|---|
| `{POLICIES}` | one policy for each release (permit) and each order (forbid); `@id` is the instrument's name |
| `{SCHEMA}` | what a subject, a model and a context consist of; every attribute is required |
| `{ENTITIES}` | the models, the operations and, where they were asked for, the subjects |

## How to ask
With the `cedar` command of the Cedar project, once before anything else:

    cedar validate --policies {POLICIES} --schema {SCHEMA}

Then for each question, whoever asks as an entity in a file (here `who.json`: somebody of whom nothing is known), and
the question in another (`request.json`, at {at.isoformat()}):

    jq -s add {ENTITIES} who.json > all.json
    cedar authorize --policies {POLICIES} --schema {SCHEMA} --entities all.json \\
        --request-json request.json --verbose

`who.json`:

```json
{who}
```

`request.json`:

```json
{request}
```

**Always ask with the schema, and look at the errors.** Cedar skips a policy that fails, even one that forbids: so a
missing attribute, or one of another type, can *allow*. No attribute is missing in what Licet writes, and the policy
`{GUARD}` refuses whoever lacks one; a value of the wrong type only the schema refuses. An answer that comes with
errors is no answer: treat it as a refusal.

## What is written how
- **A fact** is two attributes: `<fact>` with its value and `<fact>_known`. Of what nobody attested, `_known` is false
  and the value is empty (`false`, `0`, `""`, `[]`). Of a set, `_known` says whether all members are listed; those that
  are count in any case. (`_KNOWN`, should `<fact>_known` itself be a fact.) Facts about a subject are the principal's;
  those about the single request are in the context.
- **The instant** is `context.{instant}`, in microseconds since 1970-01-01T00:00:00Z. Each policy holds from its
  instrument's beginning to just before its end, lifts and supersessions included.
- **A release** permits if its condition is definitely true, **an order** forbids if it is not definitely false. The
  text of a condition is in `@condition`; the definitions that it uses (`@definitions`) are written out in the policy.
- **A licence** is an `unless` of each order that it relieves, with its own models, operations, time and condition.
- **Models** are named one by one, those of a family too, as they were at the time of this export: a model that joins a
  family later is in no policy, and so is refused.

## What Cedar does not say
- **Substitution.** The answer is about the model that was asked for. If it is Deny and the caller takes another model,
  ask for each model in the attribute `fallback` of the `Model`, from rank 1 on; the first that is allowed serves.
- **Which unknown facts matter.** A denial does not say which fact would have to be attested to change it.
- **Which licence relieved which order.** An order that is relieved does not take part in the answer.
- **Mandates.** That a court or a contract requires what is refused is not in the answer.

Determining policies: of Allow, the releases that permit; of Deny, the orders that forbid, or none where it is only that
no release permits.
"""


def when(export: CedarExport) -> str:
    """The time over which an export holds."""
    if export.start is None:
        return "for all time"
    until = f" until just before {export.end.isoformat()}" if export.end else " on"
    return f"from {export.start.isoformat()}{until}; at any other time it permits nothing"
