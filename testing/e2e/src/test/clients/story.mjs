// The JavaScript client's story: connect, list, watch, create, patch, execute, read logs.
import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import * as k8s from '@kubernetes/client-node';

const namespace = 'default';
const pod = 'web';
const name = 'javascript';
const UPLOADS = 10;
const UPLOAD_BYTES = 1 << 20;

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);

/** Runs a command; what it printed and its status. */
async function execute(command, stdin) {
  const out = new PassThrough();
  const printed = [];
  out.on('data', (piece) => printed.push(piece));
  const status = await new Promise((resolve, reject) => {
    new k8s.Exec(config)
      .exec(namespace, pod, '', command, out, new PassThrough(), stdin, false, resolve)
      .catch(reject);
  });
  return { status, text: Buffer.concat(printed).toString() };
}

const pods = await core.listNamespacedPod({ namespace, limit: 1 });
assert.equal(pods.items[0].metadata.name, pod);

const added = new Promise((resolve, reject) => {
  new k8s.Watch(config)
    .watch(
      `/api/v1/namespaces/${namespace}/configmaps`,
      { resourceVersion: pods.metadata.resourceVersion, allowWatchBookmarks: true },
      (type, object) => type === 'ADDED' && object.metadata.name === name && resolve(object),
      (error) => reject(error ?? new Error('the watch ended without the event')),
    )
    .then((request) => added.finally(() => request.abort()).catch(() => {}));
});
await core.createNamespacedConfigMap({ namespace, body: { metadata: { name }, data: { a: '1' } } });
await added;

const patched = await core.patchNamespacedConfigMap(
  { name, namespace, body: { data: { b: '2' } } },
  k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.StrategicMergePatch),
);
assert.deepEqual(patched.data, { a: '1', b: '2' });

for (let i = 0; i < UPLOADS; i++) {
  const file = `/tmp/javascript-${i}`;
  const command = ['sh', '-c', `cat > ${file} && mv ${file} ${file}.over`];
  // The end of the input closes the connection, whatever is on its way.
  await new k8s.Exec(config).exec(
    namespace, pod, '', command, new PassThrough(), new PassThrough(),
    Readable.from([Buffer.alloc(UPLOAD_BYTES)]), false,
  );
  const size = await execute(
    ['sh', '-c', `until test -e ${file}.over; do :; done; wc -c < ${file}.over`], null);
  assert.equal(Number(size.text), UPLOAD_BYTES);
}

const failing = await execute(['sh', '-c', 'exit 3'], null);
assert.equal(failing.status.details.causes[0].message, '3');
assert.match(await core.readNamespacedPodLog({ name: pod, namespace }), /serving/);

await core.deleteNamespacedConfigMap({ name, namespace, propagationPolicy: 'Foreground' });
console.log('done');
process.exit(0);
