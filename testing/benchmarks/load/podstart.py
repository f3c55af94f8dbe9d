#!/usr/bin/env python3
"""Times each pod from its POST to the watch event that shows it Running.

usage: podstart.py SERVER TOKEN IMAGE COUNT [BATCH]   BATCH at a time, one if not given"""
import sys
import threading
import time

from api import Api

PATIENCE_SECONDS = 180
PODS = "/api/v1/namespaces/default/pods"

api = Api(sys.argv[1], sys.argv[2])
image, count = sys.argv[3], int(sys.argv[4])
batch = int(sys.argv[5]) if len(sys.argv) > 5 else 1
run = str(int(time.time()))
selector = f"labelSelector=run%3D{run}"
posted, running = {}, {}
changed = threading.Condition()


def follow():
    for event in api.watch(f"{PODS}?watch=true&{selector}&timeoutSeconds=600"):
        pod = event["object"]
        name = pod["metadata"].get("name")
        if pod.get("status", {}).get("phase") == "Running":
            with changed:
                running.setdefault(name, time.time())
                changed.notify_all()


threading.Thread(target=follow, daemon=True).start()
time.sleep(0.5)
for first in range(0, count, batch):
    names = [f"s{run}-{i}" for i in range(first, min(first + batch, count))]
    for name in names:
        posted[name] = time.time()
        api.must("POST", PODS, {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"run": run}},
            "spec": {"terminationGracePeriodSeconds": 0, "containers": [
                {"name": "c", "image": image, "imagePullPolicy": "IfNotPresent"}]}})
    with changed:
        if not changed.wait_for(lambda: all(n in running for n in names), PATIENCE_SECONDS):
            raise SystemExit(f"not running: {[n for n in names if n not in running][:5]}")
millis = sorted((running[name] - posted[name]) * 1000 for name in posted)
at = lambda share: millis[min(len(millis) - 1, int(len(millis) * share))]
print(f"{count} pods, {batch} at a time: p50 {at(.5):.0f} ms, p90 {at(.9):.0f} ms, "
      f"p99 {at(.99):.0f} ms, max {millis[-1]:.0f} ms")
api.must("DELETE", f"{PODS}?{selector}", {"gracePeriodSeconds": 0})
