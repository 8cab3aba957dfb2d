import { readFileSync } from 'node:fs';
import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';

// The source packages whose libraries are linked, from the list that sysroot.sh makes.
export function debianPackages(list) {
  return readFileSync(list, 'utf8').trimEnd().split('\n').map(line => {
    const [name, version, distro] = line.split(' ');
    const purl = new PackageURL('deb', 'debian', name, version, { arch: 'source', distro });
    return new Models.Component(Enums.ComponentType.Library, name, { bomRef: purl.toString(), version, purl });
  });
}
