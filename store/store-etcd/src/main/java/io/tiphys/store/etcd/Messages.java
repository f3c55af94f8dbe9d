package io.tiphys.store.etcd;

import static io.tiphys.codec.ProtoReader.LENGTH_DELIMITED;
import static io.tiphys.codec.ProtoReader.VARINT;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.codec.Bytes;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.store.Store.Compare;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Put;
import io.tiphys.store.Store.Txn;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** etcd's messages, as api/etcdserverpb/rpc.proto of etcd 3 has them, as far as they are used. */
final class Messages {
  static final String RANGE = "/etcdserverpb.KV/Range";
  static final String TXN = "/etcdserverpb.KV/Txn";
  static final String COMPACT = "/etcdserverpb.KV/Compact";
  static final String WATCH = "/etcdserverpb.Watch/Watch";
  static final String LEASE_GRANT = "/etcdserverpb.Lease/LeaseGrant";
  static final String AUTHENTICATE = "/etcdserverpb.Auth/Authenticate";

  /** Compare.CompareTarget. */
  private static final int MOD = 2;

  private final String prefix;

  /**
   * @param prefix stands before every key in etcd
   */
  Messages(String prefix) {
    this.prefix = prefix;
  }

  private Bytes key(String key) {
    return Bytes.wrap((prefix + key).getBytes(UTF_8));
  }

  static byte[] authenticate(String name, String password) {
    ProtoWriter out = new ProtoWriter();
    out.writeString(1, name);
    out.writeString(2, password);
    return out.toByteArray();
  }

  static byte[] token(byte[] answer) {
    ProtoReader in = new ProtoReader(answer);
    byte[] token = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (2 << 3 | LENGTH_DELIMITED)) {
        token = in.readBytes().toByteArray();
      } else {
        in.skip(tag);
      }
    }
    return token;
  }

  /** Asks for nothing but the header's revision, which is that of a consistent read. */
  byte[] readIndex() {
    ProtoWriter out = new ProtoWriter();
    out.writeBytes(1, key("\0"));
    out.writeBool(9, true);
    return out.toByteArray();
  }

  byte[] get(String key) {
    ProtoWriter out = new ProtoWriter();
    out.writeBytes(1, key(key));
    return out.toByteArray();
  }

  byte[] range(String from, String to, long revision, int limit) {
    ProtoWriter out = new ProtoWriter();
    out.writeBytes(1, key(from));
    out.writeBytes(2, key(to));
    out.writeInt64(3, limit);
    out.writeInt64(4, revision);
    return out.toByteArray();
  }

  byte[] compact(long revision) {
    ProtoWriter out = new ProtoWriter();
    out.writeInt64(1, revision);
    return out.toByteArray();
  }

  static byte[] grant(long seconds) {
    ProtoWriter out = new ProtoWriter();
    out.writeInt64(1, seconds);
    return out.toByteArray();
  }

  static long lease(byte[] answer) {
    ProtoReader in = new ProtoReader(answer);
    long id = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (2 << 3 | VARINT)) {
        id = in.readInt64();
      } else {
        in.skip(tag);
      }
    }
    return id;
  }

  /** A transaction that reads all it compares when it does not hold. */
  byte[] txn(Txn txn, ToLongFunction<Put> lease) {
    ProtoWriter out = new ProtoWriter();
    for (Compare compare : txn.compares()) {
      int mark = out.beginMessage(1);
      out.writeInt32(2, MOD);
      out.writeBytes(3, key(compare.key()));
      out.writeInt64(6, compare.modRevision());
      out.endMessage(mark);
    }
    for (Put put : txn.puts()) {
      int mark = out.beginMessage(2);
      int inner = out.beginMessage(2);
      out.writeBytes(1, key(put.key()));
      out.writeBytes(2, Bytes.wrap(put.value()));
      out.writeInt64(3, lease.applyAsLong(put));
      out.endMessage(inner);
      out.endMessage(mark);
    }
    for (String key : txn.deletes()) {
      int mark = out.beginMessage(2);
      int inner = out.beginMessage(3);
      out.writeBytes(1, key(key));
      out.endMessage(inner);
      out.endMessage(mark);
    }
    for (Compare compare : txn.compares()) {
      int mark = out.beginMessage(3);
      int inner = out.beginMessage(1);
      out.writeBytes(1, key(compare.key()));
      out.endMessage(inner);
      out.endMessage(mark);
    }
    return out.toByteArray();
  }

  /**
   * @param found what the compared keys held, in their order, if it did not succeed
   */
  record TxnAnswer(long revision, boolean succeeded, List<@Nullable Entry> found) {}

  TxnAnswer txnAnswer(byte[] answer) {
    ProtoReader in = new ProtoReader(answer);
    long revision = 0;
    boolean succeeded = false;
    List<@Nullable Entry> found = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> revision = revision(in.readMessage());
        case 2 << 3 | VARINT -> succeeded = in.readBool();
        case 3 << 3 | LENGTH_DELIMITED -> {
          ProtoReader op = in.readMessage();
          for (int inner = op.readTag(); inner != 0; inner = op.readTag()) {
            if (inner == (1 << 3 | LENGTH_DELIMITED)) {
              List<Entry> entries = rangeAnswer(op.readMessage()).entries();
              found.add(entries.isEmpty() ? null : entries.getFirst());
            } else {
              op.skip(inner);
            }
          }
        }
        default -> in.skip(tag);
      }
    }
    return new TxnAnswer(revision, succeeded, found);
  }

  /**
   * @param count how many there are, from the first on
   */
  record RangeAnswer(long revision, List<Entry> entries, long count) {}

  RangeAnswer rangeAnswer(byte[] answer) {
    return rangeAnswer(new ProtoReader(answer));
  }

  private RangeAnswer rangeAnswer(ProtoReader in) {
    long revision = 0;
    long count = 0;
    List<Entry> entries = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> revision = revision(in.readMessage());
        case 2 << 3 | LENGTH_DELIMITED -> entries.add(entry(in.readMessage()));
        case 4 << 3 | VARINT -> count = in.readInt64();
        default -> in.skip(tag);
      }
    }
    return new RangeAnswer(revision, entries, count);
  }

  private static long revision(ProtoReader header) {
    long revision = 0;
    for (int tag = header.readTag(); tag != 0; tag = header.readTag()) {
      if (tag == (3 << 3 | VARINT)) {
        revision = header.readInt64();
      } else {
        header.skip(tag);
      }
    }
    return revision;
  }

  private Entry entry(ProtoReader in) {
    String key = "";
    long created = 0;
    long changed = 0;
    byte[] value = {};
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> key = in.readString().substring(prefix.length());
        case 2 << 3 | VARINT -> created = in.readInt64();
        case 3 << 3 | VARINT -> changed = in.readInt64();
        case 5 << 3 | LENGTH_DELIMITED -> value = in.readBytes().toByteArray();
        default -> in.skip(tag);
      }
    }
    return new Entry(key, value, created, changed);
  }

  /** Changes from {@code start} on, with periodic progress, transactions in fragments if large. */
  byte[] watch(String from, String to, long start) {
    ProtoWriter out = new ProtoWriter();
    int mark = out.beginMessage(1);
    out.writeBytes(1, key(from));
    out.writeBytes(2, key(to));
    out.writeInt64(3, start);
    out.writeBool(4, true);
    out.writeBool(8, true);
    out.endMessage(mark);
    return out.toByteArray();
  }

  /**
   * @param compacted the watch has ended because its place is compacted, up to this revision; or 0
   * @param fragment more of the same transactions follows
   */
  record WatchAnswer(
      long revision,
      boolean created,
      boolean canceled,
      long compacted,
      String reason,
      boolean fragment,
      List<Event> events) {}

  WatchAnswer watchAnswer(byte[] answer) {
    ProtoReader in = new ProtoReader(answer);
    long revision = 0;
    boolean created = false;
    boolean canceled = false;
    long compacted = 0;
    String reason = "";
    boolean fragment = false;
    List<Event> events = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> revision = revision(in.readMessage());
        case 3 << 3 | VARINT -> created = in.readBool();
        case 4 << 3 | VARINT -> canceled = in.readBool();
        case 5 << 3 | VARINT -> compacted = in.readInt64();
        case 6 << 3 | LENGTH_DELIMITED -> reason = in.readString();
        case 7 << 3 | VARINT -> fragment = in.readBool();
        case 11 << 3 | LENGTH_DELIMITED -> events.add(event(in.readMessage()));
        default -> in.skip(tag);
      }
    }
    return new WatchAnswer(revision, created, canceled, compacted, reason, fragment, events);
  }

  private Event event(ProtoReader in) {
    boolean deleted = false;
    Entry entry = new Entry("", new byte[0], 0, 0);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << 3 | VARINT -> deleted = in.readInt32() == 1;
        case 2 << 3 | LENGTH_DELIMITED -> entry = entry(in.readMessage());
        default -> in.skip(tag);
      }
    }
    return deleted ? Event.deletion(entry.key(), entry.modRevision()) : Event.put(entry);
  }
}
