package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/** A WebSocket written byte by byte, whose connection can be cut as a dying machine would. */
final class RawWebSocket {
  private final Socket tcp;
  private final OutputStream out;

  RawWebSocket(SSLContext tls, int port, String path) throws IOException {
    tcp = new Socket(InetAddress.getLoopbackAddress(), port);
    Socket socket = tls.getSocketFactory().createSocket(tcp, "127.0.0.1", port, false);
    out = socket.getOutputStream();
    String request =
        """
        GET %s HTTP/1.1\r
        Host: 127.0.0.1\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Protocol: v4.channel.k8s.io\r
        \r
        """
            .formatted(path);
    out.write(request.getBytes(US_ASCII));
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) in.read());
    }
    if (!head.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException(head.toString());
    }
  }

  /** Sends one binary message as one frame. */
  void send(byte[] message) throws IOException {
    out.write(ByteBufUtil.getBytes(ClientFrames.frame(0x82, message)));
  }

  /** Says goodbye. */
  void close() throws IOException {
    out.write(ByteBufUtil.getBytes(ClientFrames.frame(0x88, new byte[0])));
  }

  /** Waits until the server's kernel has all that was sent. */
  void awaitArrival() throws IOException {
    String port = ":%04X ".formatted(tcp.getLocalPort());
    while (!arrived(port, Path.of("/proc/net/tcp")) && !arrived(port, Path.of("/proc/net/tcp6"))) {
      Thread.onSpinWait();
    }
  }

  /** Whether the connection from {@code port} is in the table with nothing left to send. */
  private static boolean arrived(String port, Path connections) throws IOException {
    return Files.readAllLines(connections).stream()
        .map(line -> line.strip().split(" +", 6))
        .anyMatch(fields -> (fields[1] + " ").endsWith(port) && fields[4].startsWith("00000000:"));
  }

  /** Resets the connection. */
  void cut() throws IOException {
    tcp.setSoLinger(true, 0);
    tcp.close();
  }
}
