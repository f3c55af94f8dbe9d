package io.tiphys.network.dns;

import io.tiphys.network.dns.Answer.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Turns a message into the message that answers it: from the zone at once, or from outside.
 *
 * <p>What may block is handed out as a step of its own, so that the thread that listens does not
 * wait for somebody else's server.
 */
final class Resolver {
  private static final int CLASS_IN = 1;
  private static final int CLASS_ANY = 255;

  /** An alias to an alias of ours: nobody needs more, and a circle must end. */
  private static final int ALIASES = 8;

  private final ClusterView view;
  private final ClusterZone zone;
  private final Forwarder forwarder;

  Resolver(ClusterView view, ClusterZone zone, Forwarder forwarder) {
    this.view = view;
    this.zone = zone;
    this.forwarder = forwarder;
  }

  /** What to do with a message. */
  sealed interface Step {
    /** Send this; nothing to be sent if empty. */
    record Send(byte[] message) implements Step {}

    /** Run this, it may block, and send what it returns. */
    record Wait(Supplier<byte[]> work) implements Step {}
  }

  Step resolve(byte[] message, int length, boolean udp) {
    Query query;
    try {
      query = Query.read(message, length);
    } catch (Query.Unusable e) {
      boolean silent = e.code() == Query.SILENCE;
      return new Step.Send(silent ? new byte[0] : MessageWriter.error(message, e.code()));
    }
    BiFunction<Query, Answer, byte[]> writer = udp ? MessageWriter::forUdp : MessageWriter::forTcp;
    if (query.type() == Data.AXFR
        || (query.dnsClass() != CLASS_IN && query.dnsClass() != CLASS_ANY)) {
      return new Step.Send(writer.apply(query, Answer.error(Answer.REFUSED)));
    }
    Optional<Answer> ours = zone.answer(query.name(), query.type());
    if (ours.isPresent() && !view.complete()) {
      // Clients remember that a name does not exist; after a failure they ask again.
      return new Step.Send(writer.apply(query, Answer.error(Answer.SERVER_FAILURE)));
    }
    if (ours.isPresent()) {
      return followAlias(query, ours.get(), writer);
    }
    Optional<byte[]> known = forwarder.known(query);
    return known.isPresent()
        ? new Step.Send(cut(query, known.get(), udp))
        : new Step.Wait(() -> outside(query, writer, udp));
  }

  private byte[] outside(Query query, BiFunction<Query, Answer, byte[]> writer, boolean udp) {
    return forwarder
        .ask(query)
        .map(message -> cut(query, message, udp))
        .orElseGet(() -> writer.apply(query, Answer.error(Answer.SERVER_FAILURE)));
  }

  /** An answer that is too long for the asker's UDP becomes the invitation to ask over TCP. */
  private static byte[] cut(Query query, byte[] message, boolean udp) {
    int taken = query.edns() ? query.payload() : Answer.SMALLEST_PAYLOAD;
    return udp && message.length > taken ? MessageWriter.truncated(query) : message;
  }

  /** Stub resolvers do not ask again: an alias is answered together with what it stands for. */
  private Step followAlias(Query query, Answer answer, BiFunction<Query, Answer, byte[]> writer) {
    if (answer.answers().size() != 1
        || query.type() == Data.CNAME
        || !(answer.answers().getFirst().data() instanceof Data.Alias)) {
      return new Step.Send(writer.apply(query, answer));
    }
    List<Item> chain = new ArrayList<>(answer.answers());
    for (int i = 0; i < ALIASES; i++) {
      if (!(chain.getLast().data() instanceof Data.Alias(var target))) {
        break;
      }
      Optional<Answer> next = zone.answer(target, query.type());
      if (next.isEmpty()) {
        return new Step.Wait(() -> writer.apply(query, withOutside(chain, target, query)));
      }
      if (next.get().answers().isEmpty()) {
        Answer end = next.get();
        return new Step.Send(
            writer.apply(query, new Answer(end.code(), chain, end.authority(), List.of())));
      }
      chain.addAll(next.get().answers());
    }
    return new Step.Send(writer.apply(query, Answer.of(chain, List.of())));
  }

  private Answer withOutside(List<Item> chain, String target, Query query) {
    Query question = query.about(target);
    return forwarder
        .known(question)
        .or(() -> forwarder.ask(question))
        .map(
            message -> {
              List<Item> all = new ArrayList<>(chain);
              all.addAll(Records.addresses(message));
              return new Answer(message[3] & 0xf, all, List.of(), List.of());
            })
        .orElseGet(() -> Answer.error(Answer.SERVER_FAILURE));
  }
}
