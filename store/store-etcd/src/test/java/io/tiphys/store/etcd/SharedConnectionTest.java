package io.tiphys.store.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tiphys.base.Clock;
import io.tiphys.base.SystemClock;
import io.tiphys.codec.Bytes;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.store.Store.Txn;
import io.tiphys.store.etcd.grpc.GrpcException;
import io.tiphys.store.etcd.grpc.GrpcMessages;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A call that takes too long fails, and nobody else on its connection notices. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SharedConnectionTest {
  private static final String LOCK = "/v3lockpb.Lock/Lock";

  @TempDir private Path folder;

  private final Clock clock = new SystemClock();
  private final Messages messages = new Messages("");

  /** Waits until nobody else has it. */
  private static byte[] lock(long lease) {
    ProtoWriter out = new ProtoWriter();
    out.writeBytes(1, Bytes.wrap("lock".getBytes(UTF_8)));
    out.writeInt64(2, lease);
    return out.toByteArray();
  }

  private static byte[] lockOf(EtcdClient client) {
    return lock(Messages.lease(client.call(Messages.LEASE_GRANT, Messages.grant(60))));
  }

  @Test
  void oneSlowCallDoesNotEndTheWatchThatSharesItsConnection() throws Exception {
    try (EtcdServer server = EtcdServer.start(folder, "http");
        EtcdClient client = new EtcdClient(EtcdConfig.plain(List.of(server.url()), ""), clock)) {
      byte[] unused = client.ask(Messages.RANGE, messages.readIndex());
      assertThat(unused).isNotEmpty();
      try (GrpcMessages watch = client.stream(Messages.WATCH, messages.watch("a", "b", 0))) {
        assertThat(messages.watchAnswer(watch.next()).created()).isTrue();
        byte[] held = client.call(LOCK, lockOf(client));
        assertThat(held).isNotEmpty();
        byte[] second = lockOf(client);
        GrpcException slow =
            catchThrowableOfType(GrpcException.class, () -> client.call(LOCK, second));
        assertThat(slow.code()).isEqualTo(GrpcException.DEADLINE_EXCEEDED);

        Txn put = Txn.put("a", new byte[0], null);
        byte[] written = client.call(Messages.TXN, messages.txn(put, _ -> 0));
        assertThat(messages.txnAnswer(written).succeeded()).isTrue();
        assertThat(messages.watchAnswer(watch.next()).events()).hasSize(1);
      }
    }
  }
}
