package io.tiphys.network.dns;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Network;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Asks the host's own servers about all other names. Blocking; thread-safe. */
final class Forwarder {
  /** A server that is there answers or refuses within this; the next one gets its chance then. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Resolvers give up after five seconds: two rounds of two seconds fit in. */
  private static final int ROUNDS = 2;

  /** Each takes a socket and waits seconds at worst; a pod in a loop must not take them all. */
  private static final int AT_ONCE = 512;

  private static final InetSocketAddress ANY = new InetSocketAddress(0);

  private static final int TRUNCATED = 0x02;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int OPT_BYTES = 11;

  private final Network network;
  private final Supplier<List<InetSocketAddress>> servers;
  private final RandomGenerator random;
  private final AnswerCache cache;
  private final Semaphore seats = new Semaphore(AT_ONCE);

  Forwarder(
      Network network,
      Supplier<List<InetSocketAddress>> servers,
      Clock clock,
      RandomGenerator random) {
    this.network = network;
    this.servers = servers;
    this.random = random;
    this.cache = new AnswerCache(clock);
  }

  /** The answer from the cache, with the query's own number and question; never blocks. */
  Optional<byte[]> known(Query query) {
    return cache.find(AnswerCache.Key.of(query)).map(message -> address(message, query));
  }

  /** The answer from outside; nothing if nobody answers, or too many are waiting. */
  Optional<byte[]> ask(Query query) {
    if (!seats.tryAcquire()) {
      return Optional.empty();
    }
    try {
      byte[] question = write(query, random.nextInt(0x10000));
      for (int round = 0; round < ROUNDS; round++) {
        for (InetSocketAddress server : servers.get()) {
          Optional<byte[]> answer = ask(server, question);
          if (answer.isPresent()) {
            cache.put(AnswerCache.Key.of(query), answer.get());
            return answer.map(message -> address(message, query));
          }
        }
      }
      return Optional.empty();
    } finally {
      seats.release();
    }
  }

  /** Puts the asker's number and way of writing the name in place of ours. */
  private static byte[] address(byte[] message, Query query) {
    byte[] copy = message.clone();
    ByteBuffer.wrap(copy).putShort((short) query.id());
    System.arraycopy(query.question(), 0, copy, Query.HEADER_BYTES, query.question().length);
    return copy;
  }

  private static byte[] write(Query query, int id) {
    int size = Query.HEADER_BYTES + query.question().length + (query.edns() ? OPT_BYTES : 0);
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putShort((short) id).putShort((short) RECURSION_DESIRED).putShort((short) 1);
    out.putInt(0).putShort((short) (query.edns() ? 1 : 0));
    out.put(query.question());
    if (query.edns()) {
      out.put((byte) 0).putShort((short) Data.OPT).putShort((short) MessageWriter.OUR_PAYLOAD);
      out.putInt(0).putShort((short) 0);
    }
    return out.array();
  }

  private Optional<byte[]> ask(InetSocketAddress server, byte[] question) {
    try {
      byte[] answer = overUdp(server, question);
      boolean cut = (answer[2] & TRUNCATED) != 0;
      byte[] whole = cut ? overTcp(server, question) : answer;
      return (whole[3] & 0xf) == Answer.SERVER_FAILURE ? Optional.empty() : Optional.of(whole);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private byte[] overUdp(InetSocketAddress server, byte[] question) throws IOException {
    // A socket each: its random port makes answers hard to forge, like the random number.
    try (DatagramSocket socket = network.datagrams(ANY)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(server);
      socket.send(new DatagramPacket(question, question.length));
      DatagramPacket answer =
          new DatagramPacket(new byte[MessageWriter.LARGEST], MessageWriter.LARGEST);
      for (int strays = 0; strays < ROUNDS; strays++) {
        socket.receive(answer);
        byte[] message = Arrays.copyOf(answer.getData(), answer.getLength());
        if (fits(message, question)) {
          return message;
        }
      }
      throw new InterruptedIOException("only stray answers");
    }
  }

  private byte[] overTcp(InetSocketAddress server, byte[] question) throws IOException {
    try (Socket socket = network.connect(server, PATIENCE)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] framed =
          ByteBuffer.allocate(2 + question.length)
              .putShort((short) question.length)
              .put(question)
              .array();
      out.write(framed);
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = in.readNBytes(in.readUnsignedShort());
      if (!fits(answer, question)) {
        throw new IOException("a stray answer");
      }
      return answer;
    }
  }

  /** Whether the answer has our number and repeats our question, in whatever letters. */
  private static boolean fits(byte[] answer, byte[] question) {
    int end = Query.skipName(question, question.length, Query.HEADER_BYTES) + 4;
    if (answer.length < end
        || answer[0] != question[0]
        || answer[1] != question[1]
        || answer[2] >= 0
        || Query.word(answer, 4) != 1) {
      return false;
    }
    for (int i = Query.HEADER_BYTES; i < end; i++) {
      if (Character.toLowerCase(answer[i]) != Character.toLowerCase(question[i])) {
        return false;
      }
    }
    return true;
  }
}
