"""The Python client's story: connect, list, watch, create, patch, execute, read logs."""
import threading
from kubernetes import client, config, stream, watch

NAMESPACE, POD, NAME = "default", "web", "python"
UPLOADS, UPLOAD_BYTES = 10, 1 << 20

config.load_kube_config()
core = client.CoreV1Api()


def executed(command):
    return stream.stream(
        core.connect_get_namespaced_pod_exec, POD, NAMESPACE, command=command,
        stdin=False, stdout=True, stderr=True, tty=False)


assert POD in [pod.metadata.name for pod in core.list_namespaced_pod(NAMESPACE, limit=1).items]

version = core.list_namespaced_config_map(NAMESPACE).metadata.resource_version
body = client.V1ConfigMap(metadata=client.V1ObjectMeta(name=NAME), data={"a": "1"})
threading.Thread(target=lambda: core.create_namespaced_config_map(NAMESPACE, body)).start()
events = watch.Watch()
for event in events.stream(core.list_namespaced_config_map, NAMESPACE,
                           resource_version=version, timeout_seconds=60):
    if event["type"] == "ADDED" and event["object"].metadata.name == NAME:
        events.stop()
        break
else:
    raise AssertionError("the watch ended without the event")

patched = core.patch_namespaced_config_map(NAME, NAMESPACE, {"data": {"b": "2"}})
assert patched.data == {"a": "1", "b": "2"}, patched.data

for i in range(UPLOADS):
    name = "/tmp/python-%d" % i
    session = stream.stream(
        core.connect_get_namespaced_pod_exec, POD, NAMESPACE,
        command=["sh", "-c", "cat > %s && mv %s %s.over" % (name, name, name)],
        stdin=True, stdout=True, stderr=True, tty=False, _preload_content=False)
    session.write_stdin("x" * UPLOAD_BYTES)
    session.close()
    size = executed(["sh", "-c", "until test -e %s.over; do :; done; wc -c < %s.over" % (name, name)])
    assert int(size) == UPLOAD_BYTES, size

assert executed(["echo", "hello"]) == "hello\n"
failing = stream.stream(
    core.connect_get_namespaced_pod_exec, POD, NAMESPACE, command=["sh", "-c", "exit 3"],
    stdout=True, stderr=True, stdin=False, tty=False, _preload_content=False)
failing.run_forever()
assert failing.returncode == 3, failing.returncode
assert "serving" in core.read_namespaced_pod_log(POD, NAMESPACE)

core.delete_namespaced_config_map(NAME, NAMESPACE, propagation_policy="Foreground")
print("done")
