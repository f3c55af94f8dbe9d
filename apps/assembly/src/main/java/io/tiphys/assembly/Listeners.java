package io.tiphys.assembly;

import io.tiphys.base.Clock;
import io.tiphys.cli.CliException;
import io.tiphys.server.http.ApiListener;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.ListenerConfig;
import io.tiphys.server.http.ServerUsage;
import io.tiphys.server.tls.TlsIdentity;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Opens the API server's listeners, all with one certificate, one handler and one set of limits.
 */
record Listeners(
    Supplier<TlsIdentity> identity,
    Handler handler,
    ServerUsage usage,
    Clock clock,
    RandomGenerator random) {

  /**
   * @param port 0 for a free one
   * @param exactly no other port will do; otherwise a free one is taken when it is not free
   * @throws CliException naming the address that cannot be listened on and what to do
   */
  ApiListener open(String address, int port, boolean exactly) {
    try {
      return listen(address, port);
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof BindException && !exactly && port != 0) {
        return open(address, 0, true);
      }
      throw new CliException(
          e.getCause() instanceof UnresolvedAddressException
              ? "no address of this machine: " + address
              : e.getMessage() + "; choose with --bind and --api-port",
          e);
    }
  }

  private ApiListener listen(String address, int port) {
    return ApiListener.open(
        new ListenerConfig(address, port), identity, handler, usage, clock, random);
  }
}
