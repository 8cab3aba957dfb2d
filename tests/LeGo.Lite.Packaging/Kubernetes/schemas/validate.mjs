// Checks the manifests on standard input against the schemas that Kubernetes publishes, of which kubernetes-models has the validators:
// those of Kubernetes 1.33 (its README names an older one; but a Lifecycle has a stopSignal, and a PodSpec no hostnameOverride yet).
// Prints them as JSON; or what is wrong with which, one a line, and exits with 1.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const documents = parseAllDocuments(readFileSync(0, 'utf8'), { merge: true });
const faults = documents.flatMap(document => document.errors.map(error => error.message));
const manifests = documents.map(document => document.toJS());
for (const manifest of manifests) {
  const name = `${manifest?.kind} ${manifest?.metadata?.name}`;
  const Model = await modelOf(manifest);
  faults.push(...(Model ? faultsOf(Model, manifest) : [`there is no ${manifest?.kind} in ${manifest?.apiVersion}`]).map(fault => `${name}: ${fault}`));
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(JSON.stringify(manifests));

async function modelOf({ apiVersion = '', kind }) {
  try {
    return (await import(`kubernetes-models/${apiVersion}`))[kind];
  } catch {
    return undefined;
  }
}

function faultsOf(Model, manifest) {
  // A schema says nothing of a field that it doesn't know, as one that is misspelled. No validator asks for it either: they are
  // generated code that reads each field that its schema names, and whatever is in a map (as labels). All trust is in that; should
  // a new version read fields otherwise, right manifests fail, or the tests with a misspelled one.
  const unknown = new Map();
  try {
    Model.prototype.validate.call(watched(manifest, '', unknown));
  } catch (failure) {
    return (failure.errors ?? []).map(error => `${error.instancePath || '/'}: ${error.message}`).concat(failure.errors ? [] : failure.message);
  }
  return [...unknown.keys()].map(path => `${path}: unknown field`);
}

// The value, whose fields are unknown until somebody asks for them.
function watched(value, path, unknown) {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const fields = {};
  for (const [key, field] of Object.entries(value)) {
    unknown.set(`${path}/${key}`);
    fields[key] = watched(field, `${path}/${key}`, unknown);
  }
  return new Proxy(Array.isArray(value) ? Object.values(fields) : fields, {
    get(target, key) {
      unknown.delete(`${path}/${String(key)}`);
      return target[key];
    },
  });
}
