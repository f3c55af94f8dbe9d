package io.tiphys.assembly;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.cli.Progress;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import io.tiphys.client.node.NodeApi;
import io.tiphys.linux.NetworkStack;
import io.tiphys.network.dns.DnsConfig;
import io.tiphys.network.dns.DnsServer;
import io.tiphys.network.dns.DnsService;
import io.tiphys.network.proxy.ProxyConfig;
import io.tiphys.network.proxy.ServiceProxy;
import io.tiphys.node.agent.Kubelet;
import io.tiphys.node.agent.KubeletConfig;
import io.tiphys.node.engine.Engine;
import io.tiphys.node.engine.EngineConfig;
import io.tiphys.node.engine.images.RegistryConfig;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** A node in this process: engine, pod network, service proxy, DNS, kubelet. */
final class NodeAssembly implements Lifecycle {
  static final String CLUSTER_DOMAIN = "cluster.local";

  private final Closer closer = new Closer();
  private final Plan plan;
  private final PodNetworking networking;
  private final Engine engine;
  private final Environment environment;
  private volatile NodeApi agent = NotStarted.INSTANCE;

  /**
   * Where a node keeps its things and what it is called.
   *
   * @param folder the profile's
   * @param hostAddress the address of this machine that pods and the API know it by
   * @param programPath where programs are, as {@code PATH} says it
   */
  record Plan(
      String profile,
      Path folder,
      Settings settings,
      String hostAddress,
      String programPath,
      Set<String> insecureRegistries) {
    EngineConfig engine() {
      EngineConfig standard = EngineConfig.at(folder.resolve("engine"), programPath);
      // What update-ca-certificates makes: machines with an authority of their own list it there.
      Path authorities = Path.of("/etc/ssl/certs/ca-certificates.crt");
      return new EngineConfig(
          standard.root(),
          new RegistryConfig(
              insecureRegistries, Files.isReadable(authorities) ? authorities : null),
          standard.programFolders());
    }
  }

  /** What all parts of a node share. */
  record Environment(Machine machine, Clock clock, RandomGenerator random, Loops loops) {
    Informers informers(Source source) {
      return new Informers(source, clock, random, loops);
    }
  }

  private NodeAssembly(Plan plan, Environment environment) {
    this.plan = plan;
    this.environment = environment;
    networking = closer.add(PodNetworking.open(plan, environment.machine().disk()));
    engine =
        closer.add(
            Engine.open(
                plan.engine(),
                new Engine.Dependencies(
                    networking,
                    environment.machine(),
                    environment.clock(),
                    environment.random(),
                    environment.loops())));
  }

  /** Opens engine and pod network; {@link #join} makes a node of them. */
  static NodeAssembly open(Plan plan, Environment environment, Progress progress) {
    NodeAssembly assembly = new NodeAssembly(plan, environment);
    String what = "container engine and pod network open";
    progress.done(
        assembly.engine.readiness().runsContainers()
            ? what
            : "no containers: " + assembly.engine.readiness());
    return assembly;
  }

  /** Enters the cluster: services and names work, the agent takes pods. */
  void join(Source network, Source node, Progress progress) throws InterruptedException {
    if (networking.present()) {
      openServicesAndNames(network);
    }
    Kubelet opened =
        closer.add(
            Kubelet.open(
                agentConfig(),
                new Kubelet.Dependencies(
                    node,
                    engine.runtime(),
                    engine.images(),
                    environment.machine(),
                    environment.clock(),
                    environment.random(),
                    environment.loops())));
    agent = opened.api();
    progress.done("node agent at work");
  }

  private void openServicesAndNames(Source source) throws InterruptedException {
    Informers informers = closer.add(environment.informers(source));
    ProxyConfig config = proxyConfig(plan);
    closer.add(ServiceProxy.open(config, NetworkStack.host(), informers, environment.loops()));
    DnsServer dns =
        closer.add(
            DnsServer.open(
                new DnsConfig(
                    CLUSTER_DOMAIN,
                    List.of(new InetSocketAddress(config.gateway().address(), 0)),
                    List.of(plan.settings.podCidr(), plan.settings.serviceCidr()),
                    DnsConfig.HOST_RESOLV_CONF),
                informers,
                environment.machine(),
                environment.clock(),
                environment.random(),
                environment.loops()));
    informers.start();
    DnsService.publish(
        source, plan.settings.dnsAddress(), plan.settings.nodeName(), dns.addresses().getFirst());
    informers.awaitSync();
  }

  static ProxyConfig proxyConfig(Plan plan) {
    var pods = PodNetworking.config(plan);
    return new ProxyConfig(
        plan.profile,
        plan.settings.nodeName(),
        plan.settings.podCidr(),
        plan.settings.serviceCidr(),
        new ProxyConfig.Gateway(pods.gateway(), pods.gatewayLink(), pods.podLinks()));
  }

  private KubeletConfig agentConfig() {
    return new KubeletConfig(
        plan.settings.nodeName(),
        plan.hostAddress,
        plan.folder.resolve("agent"),
        CLUSTER_DOMAIN,
        plan.settings.dnsAddress(),
        Release.GIT_VERSION,
        engine.readiness().reasons());
  }

  Engine engine() {
    return engine;
  }

  /** How the API server reaches this node's pods. */
  NodeApi agent() {
    return agent;
  }

  @Override
  public void close() {
    closer.close();
  }
}
