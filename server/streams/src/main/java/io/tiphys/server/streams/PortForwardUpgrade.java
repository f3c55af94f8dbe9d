package io.tiphys.server.streams;

import io.netty.channel.ChannelPipeline;
import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.UpgradeHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Turns a port-forward request's connection into pairs of lanes: SPDY, SPDY inside a WebSocket
 * (kubectl since 1.31), or the WebSocket channels of older browsers' clients.
 */
final class PortForwardUpgrade {
  private static final String PROTOCOL = "portforward.k8s.io";
  private static final String TUNNEL_PROTOCOL = Upgrades.SPDY + "+" + PROTOCOL;
  private static final List<String> CHANNEL_PROTOCOLS =
      List.of("v4.channel.k8s.io", "v4.base64.channel.k8s.io");

  /** Lanes of a WebSocket are numbered by one byte, two to a port. */
  private static final int MAX_PORTS = 120;

  private PortForwardUpgrade() {}

  /** The answer to the request: the upgrade, or why there is none. */
  static Response answer(Request request, PortForwarder forwarder, Clock clock) {
    if (Upgrades.wantsWebSocket(request)) {
      String key = request.header("sec-websocket-key");
      List<String> offered = Upgrades.listed(request, "sec-websocket-protocol");
      if (key != null && offered.contains(TUNNEL_PROTOCOL)) {
        return new Response.Upgrade(new Tunnel(key, forwarder, clock));
      }
      return WebSocketHandshake.answer(
          request,
          CHANNEL_PROTOCOLS,
          (nonce, protocol) -> new Channels(nonce, protocol, ports(request), forwarder));
    }
    if (Upgrades.wantsSpdy(request)) {
      List<String> offered = Upgrades.listed(request, "x-stream-protocol-version");
      if (!offered.isEmpty() && !offered.contains(PROTOCOL)) {
        return Refusals.noCommonProtocol(offered, List.of(PROTOCOL));
      }
      return new Response.Upgrade(new Spdy(offered.isEmpty() ? "" : PROTOCOL, forwarder, clock));
    }
    return Refusals.upgradeRequired();
  }

  private static List<Integer> ports(Request request) {
    List<String> texts = request.query().getOrDefault("ports", request.query().get("port"));
    if (texts == null || texts.isEmpty()) {
      throw ApiFailure.badRequest("query parameter \"port\" is required");
    }
    List<Integer> ports = new ArrayList<>();
    for (String text : texts) {
      for (String port : text.split(",", -1)) {
        ports.add(port(port));
      }
    }
    if (ports.size() > MAX_PORTS) {
      throw ApiFailure.badRequest("at most " + MAX_PORTS + " ports can be forwarded at once");
    }
    return ports;
  }

  private static int port(String text) {
    int port;
    try {
      port = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ApiFailure.badRequest("unable to parse \"" + text + "\" as a port");
    }
    if (port < 1 || port > 65535) {
      throw ApiFailure.badRequest("port \"" + text + "\" must be > 0");
    }
    return port;
  }

  private record Spdy(String protocol, PortForwarder forwarder, Clock clock)
      implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return Upgrades.spdyHeaders(protocol);
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      SpdySubStreams.install(pipeline, new Pairing(pipeline, forwarder, clock));
    }
  }

  private record Tunnel(String key, PortForwarder forwarder, Clock clock)
      implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return Upgrades.webSocketHeaders(key, TUNNEL_PROTOCOL);
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      WebSocketSubStreams.addFrameCodec(pipeline);
      pipeline.addLast(new SpdyOverWebSocket());
      SpdySubStreams.install(pipeline, new Pairing(pipeline, forwarder, clock));
    }
  }

  /** Lanes 2n and 2n+1 are data and error of the n-th port; each begins with its port number. */
  private record Channels(String key, String protocol, List<Integer> ports, PortForwarder forwarder)
      implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return Upgrades.webSocketHeaders(key, protocol);
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      WebSocketSubStreams socket =
          WebSocketSubStreams.install(pipeline, 2 * ports.size(), protocol, forwarder::clientGone);
      AtomicInteger unfinished = new AtomicInteger(ports.size());
      Thread.ofVirtual()
          .name("port-forward-open")
          .start(
              () -> {
                for (int i = 0; i < ports.size(); i++) {
                  begin(socket, i, unfinished);
                }
              });
    }

    private void begin(WebSocketSubStreams socket, int index, AtomicInteger unfinished) {
      int port = ports.get(index);
      SubStream data = socket.subStream(2 * index);
      SubStream error = socket.subStream(2 * index + 1);
      byte[] littleEndian = {(byte) port, (byte) (port >>> 8)};
      try {
        data.output().write(littleEndian);
        error.output().write(littleEndian);
      } catch (IOException e) {
        forwarder.clientGone();
        return;
      }
      forwarder.forward(
          port,
          data,
          error,
          () -> {
            if (unfinished.decrementAndGet() == 0) {
              socket.close();
            }
          });
    }
  }

  /** Brings data and error streams together by their request id. Lives on the event loop. */
  private static final class Pairing implements SpdySubStreams.Listener {
    private final ChannelPipeline pipeline;
    private final PortForwarder forwarder;
    private final Clock clock;
    private final Map<String, Half> waiting = new HashMap<>();

    Pairing(ChannelPipeline pipeline, PortForwarder forwarder, Clock clock) {
      this.pipeline = pipeline;
      this.forwarder = forwarder;
      this.clock = clock;
    }

    @Override
    public boolean opened(SubStream subStream, Map<String, String> headers) {
      String type = headers.getOrDefault("streamtype", "");
      boolean isData = type.equals("data");
      Integer port = validPort(headers.get("port"));
      if (port == null || !(isData || type.equals("error"))) {
        return false;
      }
      String id = headers.get("requestid");
      if (id == null) {
        // Clients before 1.2 open the error stream first and the data stream right behind it.
        id = Integer.toString(isData ? subStream.id() - 2 : subStream.id());
      }
      Half other = waiting.get(id);
      if (other == null) {
        waiting.put(id, new Half(subStream, isData, expireLater(id, subStream)));
        return true;
      }
      if (other.isData() == isData) {
        return false;
      }
      waiting.remove(id);
      other.patience().cancel();
      SubStream data = isData ? subStream : other.subStream();
      SubStream error = isData ? other.subStream() : subStream;
      forwarder.forward(port, data, error, () -> {});
      return true;
    }

    private Clock.Timer expireLater(String id, SubStream subStream) {
      return clock.schedule(
          CommandUpgrade.STREAM_CREATION_TIMEOUT,
          () ->
              pipeline
                  .channel()
                  .eventLoop()
                  .execute(
                      () -> {
                        if (waiting.remove(id) != null) {
                          subStream.reset();
                        }
                      }));
    }

    private static @Nullable Integer validPort(@Nullable String text) {
      try {
        return text == null ? null : port(text);
      } catch (ApiFailure e) {
        return null;
      }
    }

    @Override
    public void gone() {
      waiting.values().forEach(half -> half.patience().cancel());
      waiting.clear();
      forwarder.clientGone();
    }

    private record Half(SubStream subStream, boolean isData, Clock.Timer patience) {}
  }
}
