package io.tiphys.network.dns;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.base.machine.Network;
import io.tiphys.client.Informers;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Answers DNS questions over UDP and TCP: about the cluster from the informers, about everything
 * else through the host's servers.
 *
 * <p>One thread per UDP address answers what it can at once; a question that must wait for another
 * server gets a virtual thread, as does every TCP connection.
 */
public final class DnsServer implements Lifecycle {
  private static final Logger LOG = System.getLogger(DnsServer.class.getName());

  /** A resolver keeps a connection for a question or two; this many pods may at once. */
  private static final int CONNECTIONS = 256;

  private static final Duration CONNECTION_PATIENCE = Duration.ofSeconds(10);

  /**
   * A free TCP port whose UDP twin is taken is bad luck; so often in a row it is something else.
   */
  private static final int PORT_TRIES = 20;

  private final Resolver resolver;
  private final Network network;
  private final Loops loops;
  private final Closer parts = new Closer();
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final Semaphore seats = new Semaphore(CONNECTIONS);
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

  private DnsServer(Resolver resolver, Network network, Loops loops) {
    this.resolver = resolver;
    this.network = network;
    this.loops = loops;
  }

  /**
   * Starts to answer; questions about the cluster fail until the informers have seen it once.
   *
   * @throws UncheckedIOException naming the address that cannot be had
   */
  public static DnsServer open(
      DnsConfig config,
      Informers informers,
      Machine machine,
      Clock clock,
      RandomGenerator random,
      Loops loops) {
    return open(config, new InformerView(informers), machine, clock, random, loops);
  }

  static DnsServer open(
      DnsConfig config,
      ClusterView view,
      Machine machine,
      Clock clock,
      RandomGenerator random,
      Loops loops) {
    ClusterZone zone = new ClusterZone(config.clusterDomain(), config.networks(), view, random);
    Forwarder forwarder =
        new Forwarder(
            machine.network(), new ResolvConf(machine.disk(), config.resolvConf()), clock, random);
    DnsServer server = new DnsServer(new Resolver(view, zone, forwarder), machine.network(), loops);
    try {
      config.listen().forEach(server::listen);
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Where it answers, in the order of the configuration, with the ports that were free. */
  public List<InetSocketAddress> addresses() {
    return List.copyOf(addresses);
  }

  private void listen(InetSocketAddress wanted) {
    for (int tries = 1; ; tries++) {
      try {
        ServerSocket tcp = network.listen(wanted, CONNECTIONS);
        DatagramSocket udp;
        try {
          udp = network.datagrams(new InetSocketAddress(wanted.getAddress(), tcp.getLocalPort()));
        } catch (IOException e) {
          tcp.close();
          throw e;
        }
        addresses.add(new InetSocketAddress(wanted.getAddress(), tcp.getLocalPort()));
        // Closed in reverse: a loop ends when its socket does, which no interrupt could bring
        // about.
        parts.add(loops.startOnPlatform("dns-udp", () -> serveUdp(udp)));
        parts.add(udp);
        parts.add(loops.start("dns-tcp", () -> serveTcp(tcp)));
        parts.add(tcp);
        return;
      } catch (BindException e) {
        if (wanted.getPort() != 0 || tries == PORT_TRIES) {
          throw new UncheckedIOException("DNS cannot listen on " + wanted, e);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("DNS cannot listen on " + wanted, e);
      }
    }
  }

  private void serveUdp(DatagramSocket socket) throws IOException {
    DatagramPacket in = new DatagramPacket(new byte[MessageWriter.LARGEST], MessageWriter.LARGEST);
    while (!socket.isClosed()) {
      try {
        in.setLength(MessageWriter.LARGEST);
        socket.receive(in);
        InetSocketAddress asker = (InetSocketAddress) in.getSocketAddress();
        switch (resolver.resolve(in.getData(), in.getLength(), true)) {
          case Resolver.Step.Send(var message) -> send(socket, message, asker);
          case Resolver.Step.Wait(var work) ->
              loops.task("dns-ask", () -> sendLater(socket, work, asker));
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw e;
        }
      } catch (RuntimeException e) {
        // One odd question must not end the answers to all others.
        LOG.log(Level.ERROR, "a DNS question failed", e);
      }
    }
  }

  private static void sendLater(
      DatagramSocket socket, Supplier<byte[]> work, InetSocketAddress asker) {
    try {
      send(socket, work.get(), asker);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a DNS question failed", e);
    }
  }

  private static void send(DatagramSocket socket, byte[] message, InetSocketAddress asker) {
    if (message.length > 0 && !socket.isClosed()) {
      try {
        socket.send(new DatagramPacket(message, message.length, asker));
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "DNS answer to " + asker, e);
      }
    }
  }

  private void serveTcp(ServerSocket listener) throws IOException {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        if (seats.tryAcquire()) {
          loops.task("dns-connection", () -> serve(connection));
        } else {
          connection.close();
        }
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw e;
        }
      }
    }
  }

  private void serve(Socket connection) {
    connections.add(connection);
    try (connection) {
      connection.setSoTimeout((int) CONNECTION_PATIENCE.toMillis());
      DataInputStream in = new DataInputStream(connection.getInputStream());
      while (true) {
        byte[] message = in.readNBytes(in.readUnsignedShort());
        byte[] answer =
            switch (resolver.resolve(message, message.length, false)) {
              case Resolver.Step.Send(var ready) -> ready;
              case Resolver.Step.Wait(var work) -> work.get();
            };
        if (answer.length == 0) {
          return;
        }
        ByteBuffer framed = ByteBuffer.allocate(2 + answer.length);
        framed.putShort((short) answer.length).put(answer);
        connection.getOutputStream().write(framed.array());
      }
    } catch (EOFException | SocketException e) {
      // The asker has gone, or the server closes.
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "DNS over TCP", e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a DNS question failed", e);
    } finally {
      connections.remove(connection);
      seats.release();
    }
  }

  @Override
  public void close() {
    parts.close();
    for (Socket connection : connections) {
      try {
        connection.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "DNS over TCP", e);
      }
    }
  }
}
