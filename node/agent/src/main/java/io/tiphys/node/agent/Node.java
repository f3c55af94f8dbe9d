package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Disk;
import io.tiphys.client.Lister;
import io.tiphys.client.Source;
import io.tiphys.node.agent.containers.ContainerConfigs;
import io.tiphys.node.agent.volumes.PodVolumes;
import io.tiphys.node.cri.RuntimeService;

/** What the workers of all pods share. */
record Node(
    KubeletConfig config,
    Source source,
    Lister<Pod> pods,
    RuntimeService runtime,
    ImagePulls images,
    PodVolumes volumes,
    ContainerConfigs configs,
    Prober prober,
    PodEvents events,
    Disk disk,
    Clock clock,
    Loops loops) {}
