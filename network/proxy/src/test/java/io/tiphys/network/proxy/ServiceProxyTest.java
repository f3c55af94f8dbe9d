package io.tiphys.network.proxy;

import static io.tiphys.network.proxy.Samples.CONFIG;
import static io.tiphys.network.proxy.Samples.ready;
import static io.tiphys.network.proxy.Samples.service;
import static io.tiphys.network.proxy.Samples.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.client.Informers;
import io.tiphys.linux.Conntrack;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceProxyTest {
  private final Clock clock = new SystemClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final TestApiServer server = TestApiServer.open(clock, loops);
  private final OtherComponents source = new OtherComponents(server);
  private final Informers informers =
      new Informers(server.source(TestApiServer.ADMIN, "kube-proxy"), clock, new Random(1), loops);
  private final FakeKernel kernel = new FakeKernel();

  private static final class FakeKernel implements ServiceProxy.Kernel {
    final BlockingQueue<String> scripts = new LinkedBlockingQueue<>();
    final AtomicInteger refusals = new AtomicInteger();

    @Override
    public void apply(String script) {
      if (refusals.getAndDecrement() > 0) {
        throw new LinuxFailure("nftables: refused", 0);
      }
      scripts.add(script);
    }

    @Override
    public void prepare() {}

    @Override
    public void restore() {}

    @Override
    public void forgetUdp(Predicate<Conntrack.Flow> stale) {}

    @Override
    public void close() {}

    String next() throws InterruptedException {
      String script = scripts.poll(1, TimeUnit.MINUTES);
      assertThat(script).isNotNull();
      return script;
    }
  }

  @AfterEach
  void close() {
    informers.close();
    server.close();
  }

  private ServiceProxy start() {
    ServiceProxy proxy = ServiceProxy.start(CONFIG, kernel, informers, loops);
    informers.start();
    return proxy;
  }

  @Test
  void replacesTheTableOnceAndThenTellsDifferences() throws InterruptedException {
    source.put(CoreV1.SERVICES, service("web", "10.96.0.7", spec -> spec));
    try (ServiceProxy proxy = start()) {
      assertThat(kernel.next())
          .startsWith("add table ip tiphys-proxy-argo\ndelete table ip tiphys-proxy-argo\n");
      source.put(DiscoveryV1.ENDPOINTSLICES, slice("web", 8080, ready("10.244.7.2")));
      assertThat(kernel.next())
          .doesNotContain("delete table")
          .contains("dnat ip to 10.244.7.2:8080")
          .contains("delete element ip tiphys-proxy-argo dead-ips { 10.96.0.7 . tcp . 80 }");
      source.delete(CoreV1.SERVICES, "default", "web", DeleteOptions.EMPTY);
      assertThat(kernel.next())
          .contains("delete chain ip tiphys-proxy-argo all/default/web/tcp/80");
      assertThat(proxy.problems()).isEmpty();
    }
  }

  @Test
  void startsOverAfterARefusal() throws InterruptedException {
    kernel.refusals.set(2);
    try (ServiceProxy proxy = start()) {
      assertThat(kernel.next()).contains("delete table ip tiphys-proxy-argo");
      kernel.refusals.set(1);
      source.put(CoreV1.SERVICES, service("web", "10.96.0.7", spec -> spec));
      assertThat(kernel.next())
          .contains("delete table ip tiphys-proxy-argo")
          .contains("10.96.0.7 . tcp . 80 : goto refuse");
      proxy.delete();
      assertThat(kernel.next())
          .isEqualTo("add table ip tiphys-proxy-argo\ndelete table ip tiphys-proxy-argo\n");
    }
  }
}
