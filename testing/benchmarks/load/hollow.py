#!/usr/bin/env python3
"""Hollow nodes: registers COUNT nodes, renews their leases, marks the pods bound to them Running and Ready.

usage: hollow.py SERVER TOKEN COUNT"""
import queue
import sys
import threading
import time

from api import MERGE_PATCH, Api, now

RENEWAL_SECONDS = 10  # as a kubelet's
RENEWERS = 6
STARTERS = 4
SIZE = {"cpu": "8", "memory": "30Gi", "pods": "110"}
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"

api = Api(sys.argv[1], sys.argv[2])
names = [f"hollow-{i:04d}" for i in range(int(sys.argv[3]))]


def register(index):
    name = names[index]
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "topology.kubernetes.io/zone": f"z{index % 4}",
    }
    api.call("POST", "/api/v1/nodes", {
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels},
        "spec": {"podCIDR": f"10.{100 + index // 256}.{index % 256}.0/24"}})
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "hollow",
             "lastHeartbeatTime": now(), "lastTransitionTime": now()}
    api.must("PATCH", f"/api/v1/nodes/{name}/status", {"status": {
        "capacity": SIZE, "allocatable": SIZE, "conditions": [ready],
        "addresses": [{"type": "InternalIP", "address": f"10.1.{index // 256}.{index % 256}"}],
        "nodeInfo": {
            "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "hollow://1",
            "kernelVersion": "6", "kubeProxyVersion": "", "kubeletVersion": "v1.36.2", "machineID": "",
            "operatingSystem": "linux", "osImage": "hollow", "systemUUID": ""}}}, MERGE_PATCH)
    api.must("PATCH", f"/api/v1/nodes/{name}", {"spec": {"taints": None}}, MERGE_PATCH)
    api.call("POST", LEASES, {
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {"name": name, "namespace": "kube-node-lease"},
        "spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": now(fraction=True)}})


def register_all():
    rest = queue.Queue()
    for index in range(len(names)):
        rest.put(index)

    def work():
        try:
            while True:
                register(rest.get_nowait())
        except queue.Empty:
            pass

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def renew(mine):
    while mine:
        began = time.time()
        for done, name in enumerate(mine, 1):
            api.call("PATCH", f"{LEASES}/{name}", {"spec": {"renewTime": now(fraction=True)}}, MERGE_PATCH)
            time.sleep(max(0, began + done * RENEWAL_SECONDS / len(mine) - time.time()))


pods = queue.Queue()
addresses = iter(range(1, 1 << 24))
address_lock = threading.Lock()


def carry_out():
    while True:
        pod = pods.get()
        meta = pod["metadata"]
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        if meta.get("deletionTimestamp"):
            api.call("DELETE", path, {"gracePeriodSeconds": 0})
            continue
        with address_lock:
            number = next(addresses)
        address = f"10.{60 + number // 65536}.{number // 256 % 256}.{number % 256}"
        containers = [{
            "name": c["name"], "image": c["image"], "imageID": "", "ready": True, "started": True,
            "restartCount": 0, "state": {"running": {"startedAt": now()}}} for c in pod["spec"]["containers"]]
        conditions = [{"type": kind, "status": "True", "lastTransitionTime": now()}
                      for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]
        status, answer = api.call("PATCH", path + "/status", {"status": {
            "phase": "Running", "podIP": address, "podIPs": [{"ip": address}], "hostIP": "10.1.0.1",
            "startTime": now(), "conditions": conditions, "containerStatuses": containers}}, MERGE_PATCH)
        if status >= 300 and status != 404:
            print(path, status, answer.get("message"), flush=True)


seen = set()


def look_at(pod):
    if not pod["spec"].get("nodeName", "").startswith("hollow-"):
        return
    meta = pod["metadata"]
    ends = "deletionTimestamp" in meta
    if (ends or pod.get("status", {}).get("phase", "Pending") == "Pending") and (meta["uid"], ends) not in seen:
        seen.add((meta["uid"], ends))
        pods.put(pod)


def follow():
    listed = api.must("GET", "/api/v1/pods")
    for pod in listed["items"]:
        look_at(pod)
    version = listed["metadata"]["resourceVersion"]
    for event in api.watch(f"/api/v1/pods?watch=true&resourceVersion={version}&timeoutSeconds=3600"):
        if event["type"] in ("ADDED", "MODIFIED"):
            look_at(event["object"])
        elif event["type"] == "ERROR":
            return


began = time.time()
register_all()
print(f"{len(names)} nodes registered in {time.time() - began:.1f} s", flush=True)
for part in range(RENEWERS):
    threading.Thread(target=renew, args=(names[part::RENEWERS],), daemon=True).start()
for _ in range(STARTERS):
    threading.Thread(target=carry_out, daemon=True).start()
while True:
    try:
        follow()
    except (OSError, ValueError) as failure:
        print("watch:", failure, flush=True)
        time.sleep(0.5)
