#!/usr/bin/env python3
"""Times a workload until every replica is ready.

usage: workload.py SERVER TOKEN pets|deployment REPLICAS"""
import sys
import time

from api import Api

PATIENCE_SECONDS = 500

api = Api(sys.argv[1], sys.argv[2])
kind, replicas = sys.argv[3], int(sys.argv[4])
pets = kind == "pets"
labels = {"app": "cassandra-data"}
requests = {"cpu": "1", "memory": "4Gi"} if pets else {"cpu": "100m", "memory": "100Mi"}
container = {"name": "cassandra", "image": "cassandra-debian:v1.1", "resources": {"requests": requests},
             "ports": [{"containerPort": 9042, "name": "cql"}]}
spec = {"replicas": replicas, "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}}}
if pets:
    spec["serviceName"] = "cassandra"
    api.call("POST", "/api/v1/namespaces/default/services", {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "cassandra"},
        "spec": {"clusterIP": "None", "ports": [{"port": 9042}], "selector": labels}})
path = "/apis/apps/v1/namespaces/default/" + ("statefulsets" if pets else "deployments")
body = {"apiVersion": "apps/v1", "kind": "StatefulSet" if pets else "Deployment",
        "metadata": {"name": "cassandra"}, "spec": spec}

began = time.time()
api.must("POST", path, body)
ready = 0
while ready < replicas and time.time() - began < PATIENCE_SECONDS:
    time.sleep(0.1)
    ready = api.must("GET", path + "/cassandra")["status"].get("readyReplicas", 0)
took = time.time() - began
print(f"{ready} of {replicas} {kind} ready in {took:.1f} s, {ready / took:.1f} pods/s")
