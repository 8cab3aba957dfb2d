import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Enums, Factories, Models } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';

// The packages that are in a binary: those that the native compiler read, and the one whose C was compiled.
export function nugetPackages(obj, rid) {
  const read = readdirSync(obj, { recursive: true })
    .filter(file => file.includes(`/${rid}/`) && (file.endsWith('.ilc.rsp') || file.endsWith('/CMakeCache.txt')))
    .map(file => readFileSync(join(obj, file), 'utf8').toLowerCase());
  const assets = JSON.parse(readFileSync(join(obj, 'project.assets.json'), 'utf8'));
  const [folder] = Object.keys(assets.packageFolders);

  // Those that the project names, and those that the SDK adds: the runtime and the compiler.
  const named = Object.keys(assets.libraries).map(library => library.split('/'));
  const added = Object.values(assets.project.frameworks)
    .flatMap(framework => framework.downloadDependencies)
    .map(({ name, version }) => [name, version.match(/^\[(.+),/)[1]]);
  return [...named, ...added]
    .filter(([name, version]) => read.some(text => text.includes(`/${name}/${version}/`.toLowerCase())))
    .map(([name, version]) => component(folder, name, version));
}

function component(folder, name, version) {
  const id = name.toLowerCase();
  const nuspec = readFileSync(join(folder, id, version, `${id}.nuspec`), 'utf8');
  const license = nuspec.match(/<license type="expression">(.+?)<\/license>/)?.[1];
  const purl = new PackageURL('nuget', undefined, name, version);
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: purl.toString(),
    version,
    purl,
    licenses: new Models.LicenseRepository(license ? [new Factories.LicenseFactory().makeFromString(license)] : []),
  });
}
