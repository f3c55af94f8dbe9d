package io.tiphys.server.streams;

import io.netty.channel.ChannelPipeline;
import io.tiphys.base.Clock;
import io.tiphys.client.node.NodeApi.StdioOptions;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.UpgradeHandler;
import io.tiphys.server.streams.CommandStreams.Kind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Turns an exec or attach request's connection into the streams of its session, over WebSocket or
 * SPDY, in every version of the protocol that kubectl has spoken.
 */
final class CommandUpgrade {
  private static final Logger LOG = System.getLogger(CommandUpgrade.class.getName());

  /** Upstream's DefaultStreamCreationTimeout. */
  static final Duration STREAM_CREATION_TIMEOUT = Duration.ofSeconds(30);

  private static final List<String> WEBSOCKET_PROTOCOLS =
      List.of(
          "v5.channel.k8s.io",
          "v4.channel.k8s.io",
          "v4.base64.channel.k8s.io",
          "channel.k8s.io",
          "base64.channel.k8s.io");
  private static final List<String> SPDY_PROTOCOLS =
      List.of("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io");

  private CommandUpgrade() {}

  /**
   * The answer to the request: the upgrade, or why there is none.
   *
   * @param open starts the process, once the protocol is agreed and before the connection is
   *     upgraded, so that a failure is an ordinary answer
   */
  static Response answer(
      Request request, StdioOptions stdio, Supplier<CommandSession> open, Clock clock) {
    if (Upgrades.wantsWebSocket(request)) {
      return WebSocketHandshake.answer(
          request,
          WEBSOCKET_PROTOCOLS,
          (key, protocol) -> new OverWebSocket(key, protocol, stdio, open.get()));
    }
    if (Upgrades.wantsSpdy(request)) {
      List<String> offered = Upgrades.listed(request, "x-stream-protocol-version");
      // A client that offers nothing speaks the first version.
      String protocol = offered.isEmpty() ? "" : Upgrades.agree(offered, SPDY_PROTOCOLS);
      if (protocol == null) {
        return Refusals.noCommonProtocol(offered, SPDY_PROTOCOLS);
      }
      return new Response.Upgrade(new OverSpdy(protocol, stdio, open.get(), clock));
    }
    return Refusals.upgradeRequired();
  }

  private record OverWebSocket(
      String key, String protocol, StdioOptions stdio, CommandSession session)
      implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return Upgrades.webSocketHeaders(key, protocol);
    }

    @Override
    public void abandoned() {
      session.abandoned();
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      WebSocketSubStreams socket =
          WebSocketSubStreams.install(
              pipeline, Kind.values().length, protocol, session::clientGone);
      Map<Kind, SubStream> subStreams = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        SubStream subStream = socket.subStream(kind.channel());
        if (wanted(kind, stdio)) {
          subStreams.put(kind, subStream);
        }
        if (!subStreams.containsKey(kind) || !kind.fromClient()) {
          subStream.incoming().close();
        }
      }
      boolean json = protocol.startsWith("v4.") || protocol.startsWith("v5.");
      CommandStreams streams = new CommandStreams(subStreams, json, socket::close);
      Thread.ofVirtual()
          .name("session-open")
          .start(
              () -> {
                greet(streams);
                session.start(streams);
              });
    }

    /** Upstream sends an empty message first: the client learns that the session stands. */
    private void greet(CommandStreams streams) {
      Kind lowest = stdio.stdout() ? Kind.STDOUT : stdio.stderr() ? Kind.STDERR : Kind.ERROR;
      SubStream subStream = streams.subStream(lowest);
      if (subStream != null) {
        try {
          subStream.output().write(new byte[0]);
        } catch (IOException e) {
          LOG.log(Level.TRACE, "the client has gone already", e);
        }
      }
    }
  }

  private static boolean wanted(Kind kind, StdioOptions stdio) {
    return switch (kind) {
      case STDIN -> stdio.stdin();
      case STDOUT -> stdio.stdout();
      case STDERR -> stdio.stderr();
      case ERROR -> true;
      case RESIZE -> stdio.tty();
    };
  }

  private record OverSpdy(String protocol, StdioOptions stdio, CommandSession session, Clock clock)
      implements UpgradeHandler {
    @Override
    public Map<String, String> headers() {
      return Upgrades.spdyHeaders(protocol);
    }

    @Override
    public void abandoned() {
      session.abandoned();
    }

    @Override
    public void takeOver(ChannelPipeline pipeline) {
      boolean resizes = protocol.startsWith("v3.") || protocol.startsWith("v4.");
      new Gathering(this, resizes, protocol.startsWith("v4.")).install(pipeline);
    }
  }

  /** Waits for the streams that the request announced; then the session begins. */
  private static final class Gathering implements SpdySubStreams.Listener {
    private final OverSpdy upgrade;
    private final boolean json;
    private final Map<Kind, SubStream> subStreams = new EnumMap<>(Kind.class);
    private final Map<Kind, Boolean> expected = new EnumMap<>(Kind.class);
    private Runnable close = () -> {};
    private Clock.Timer patience = () -> {};
    private boolean started;

    Gathering(OverSpdy upgrade, boolean resizes, boolean json) {
      this.upgrade = upgrade;
      this.json = json;
      for (Kind kind : Kind.values()) {
        if (wanted(kind, upgrade.stdio()) && (kind != Kind.RESIZE || resizes)) {
          expected.put(kind, true);
        }
      }
    }

    void install(ChannelPipeline pipeline) {
      SpdySubStreams spdy = SpdySubStreams.install(pipeline, this);
      close = spdy::close;
      var loop = pipeline.channel().eventLoop();
      patience =
          upgrade
              .clock()
              .schedule(
                  STREAM_CREATION_TIMEOUT,
                  () ->
                      loop.execute(
                          () -> {
                            if (!started) {
                              spdy.close();
                            }
                          }));
    }

    @Override
    public boolean opened(SubStream subStream, Map<String, String> headers) {
      Kind kind = Kind.of(headers.get("streamtype"));
      if (kind == null || subStreams.containsKey(kind)) {
        return false;
      }
      subStreams.put(kind, subStream);
      if (!kind.fromClient()) {
        subStream.incoming().close();
      }
      if (!started && subStreams.keySet().containsAll(expected.keySet())) {
        started = true;
        patience.cancel();
        upgrade.session().start(new CommandStreams(subStreams, json, close));
      }
      return true;
    }

    @Override
    public void gone() {
      patience.cancel();
      if (started) {
        upgrade.session().clientGone();
      } else {
        upgrade.session().abandoned();
      }
    }
  }
}
