// Reads a JSON list of documents; writes, for each, what the schema (strictly) and the tests of CSAF 2.0 have to say.
import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js'
import * as optional from '@secvisogram/csaf-validator-lib/optionalTests.js'
import { csaf_2_0_strict } from '@secvisogram/csaf-validator-lib/schemaTests.js'
import validate from '@secvisogram/csaf-validator-lib/validate.js'

const must = [csaf_2_0_strict, ...Object.values(mandatory)]
const should = Object.values(optional)

const failed = ({ tests }) =>
  tests.flatMap((test) => [...test.errors, ...test.warnings].map((each) => ({ test: test.name, ...each })))

let text = ''
for await (const chunk of process.stdin) text += chunk
const said = []
for (const document of JSON.parse(text)) {
  const found = await validate(must, document)
  const advised = await validate(should, document)
  said.push({
    tests: found.tests.map((test) => test.name),
    valid: found.isValid,
    errors: failed(found),
    advice: failed(advised),
  })
}
process.stdout.write(JSON.stringify(said))
