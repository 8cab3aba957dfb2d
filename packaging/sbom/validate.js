// Says nothing when a bill of materials keeps to the schema of CycloneDX.
// usage: node validate.js FILE
import { readFileSync } from 'node:fs';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

const error = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(readFileSync(process.argv[2], 'utf8'));
if (error) {
  console.error(error);
  process.exitCode = 1;
}
