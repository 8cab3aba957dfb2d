// Writes the bill of materials of a release, from what the compilers read and the linker was given.
// usage: node sbom.js WORK VERSION COMMIT TIME FILE    WORK is release.sh's directory, TIME the commit's
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { debianPackages } from './debian.js';
import { nugetPackages } from './nuget.js';

const [work, version, commit, time, file] = process.argv.slice(2);
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex');

const release = new Models.Component(Enums.ComponentType.Application, 'lego-lite', { bomRef: 'lego-lite', version });
release.properties.add(new Models.Property('lego-lite:commit', commit));
const bom = new Models.Bom({ metadata: new Models.Metadata({ component: release, timestamp: new Date(time) }) });

const library = '@cyclonedx/cyclonedx-library';
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
bom.metadata.tools.components.add(new Models.Component(Enums.ComponentType.Library, library, { version: dependencies[library] }));

// Both binaries have what is in both.
const parts = new Map();
for (const name of readdirSync(join(work, 'release')).sort()) {
  const rid = name.replace(`lego-lite-${version}-`, '');
  const binary = new Models.Component(Enums.ComponentType.Application, name, {
    bomRef: name,
    version,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], sha256(readFileSync(join(work, 'release', name)))]]),
  });
  release.dependencies.add(binary.bomRef);
  bom.components.add(binary);
  for (const part of [...nugetPackages(join(work, 'source/src/LeGo.Lite/obj'), rid), ...debianPackages(join(work, `sysroot-${rid}`, 'linked'))]) {
    const { bomRef } = parts.get(part.bomRef.value) ?? part;
    parts.set(bomRef.value, parts.get(bomRef.value) ?? part);
    binary.dependencies.add(bomRef);
  }
}
parts.forEach(part => bom.components.add(part));

const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
const serialize = () => serializer.serialize(bom, { sortLists: true, space: 2 }) + '\n';

// Another bill has another serial number, and the same bill the same: a UUID of version 8 made of its own text.
const [, a, b, c, d] = sha256(serialize()).match(/^(.{8})(.{4}).(.{3}).(.{3}.{12})/);
bom.serialNumber = `urn:uuid:${a}-${b}-8${c}-8${d.slice(0, 3)}-${d.slice(3)}`;
writeFileSync(file, serialize());
