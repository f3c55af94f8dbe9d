package io.tiphys.server.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiObject;
import io.tiphys.api.EvolvingType;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.ObjectType;
import io.tiphys.codec.ProtoWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One version of one object, and everything that was ever made of it: its record, its JSON, its
 * protobuf bytes, other kinds it is shown as. Each is made at most once, when first asked for, and
 * then shared by all readers and watchers. Immutable as seen from outside; thread-safe.
 *
 * <p>Two threads that ask for the same form at the same instant may both make it; one of the equal
 * results is kept. That is cheaper than a lock per object.
 */
public final class Cached<T extends ApiObject> {
  private final ObjectType<T> type;
  private final String key;
  private final long revision;
  private volatile byte @Nullable [] members;
  private volatile @Nullable T record;
  private volatile byte @Nullable [] proto;
  private volatile @Nullable Map<Form<?, ?>, Cached<?>> forms;
  private volatile @Nullable Cached<T> deleted;

  private Cached(
      ObjectType<T> type,
      String key,
      long revision,
      byte @Nullable [] members,
      @Nullable T record) {
    this.type = type;
    this.key = key;
    this.revision = revision;
    this.members = members;
    this.record = record;
  }

  /**
   * An object as the store holds it.
   *
   * @param key {@code namespace/name}, or the name alone
   * @param value JSON without a resourceVersion
   */
  static <T extends ApiObject> Cached<T> ofStored(
      ObjectType<T> type, String key, long revision, byte[] value) {
    Cached<T> stored =
        new Cached<>(type, key, revision, ResourceVersions.insert(value, revision), null);
    return type instanceof EvolvingType<T> evolving ? stored.completed(evolving) : stored;
  }

  /** As the kind is now; the bytes of what has not changed since it was stored are kept. */
  private Cached<T> completed(EvolvingType<T> evolving) {
    T read = ObjectCodec.fromJson(evolving, json());
    T complete = evolving.complete(read);
    boolean same =
        complete.equals(read)
            && Arrays.equals(ResourceVersions.members(ObjectCodec.toJson(complete)), members());
    return same ? this : new Cached<>(type, key, revision, null, complete);
  }

  /** An object as its writer holds it; {@code record} and {@code value} say the same. */
  static <T extends ApiObject> Cached<T> ofWritten(
      ObjectType<T> type, String key, long revision, byte[] value, T record) {
    return new Cached<>(
        type,
        key,
        revision,
        ResourceVersions.insert(value, revision),
        ResourceVersions.set(record, revision));
  }

  /** An object that is not in the store: a dry run's answer. */
  public static <T extends ApiObject> Cached<T> unstored(
      ObjectType<T> type, String key, long revision, T record) {
    return new Cached<>(type, key, revision, null, record);
  }

  /** The same object at the revision of its deletion, or of its leaving a selection. */
  public Cached<T> deletedAt(long deletion) {
    Cached<T> made = deleted;
    if (made == null || made.revision != deletion) {
      made = new Cached<>(type, key, deletion, null, ResourceVersions.set(record(), deletion));
      deleted = made;
    }
    return made;
  }

  public ObjectType<T> type() {
    return type;
  }

  /** {@code namespace/name}, or the name alone. */
  public String key() {
    return key;
  }

  public String namespace() {
    int slash = key.indexOf('/');
    return slash < 0 ? "" : key.substring(0, slash);
  }

  public String name() {
    return key.substring(key.indexOf('/') + 1);
  }

  public long revision() {
    return revision;
  }

  /** The object; every caller gets the same instance. */
  public T record() {
    T made = record;
    if (made == null) {
      made = ObjectCodec.fromJson(type, json());
      record = made;
    }
    return made;
  }

  /**
   * The object's JSON from its metadata on, what its kind and apiVersion stand before: items of a
   * list go without them. Every caller gets the same array and never writes to it.
   */
  public byte[] members() {
    byte[] made = members;
    if (made == null) {
      made = ResourceVersions.members(ObjectCodec.toJson(Objects.requireNonNull(record)));
      members = made;
    }
    return made;
  }

  /** What stands before {@link #members} in a whole object of a kind. */
  public static byte[] opening(ObjectType<?> type) {
    return "{\"kind\":\"%s\",\"apiVersion\":\"%s\","
        .formatted(type.gvk().kind(), type.gvk().apiVersion())
        .getBytes(UTF_8);
  }

  /** The whole object as JSON, put together for this caller. */
  public byte[] json() {
    byte[] opening = opening(type);
    byte[] rest = members();
    byte[] whole = Arrays.copyOf(opening, opening.length + rest.length);
    System.arraycopy(rest, 0, whole, opening.length, rest.length);
    return whole;
  }

  /** Whether {@link #members} need not be made first. */
  public boolean hasJson() {
    return members != null;
  }

  /** Whether {@link #proto} need not be made first. */
  public boolean hasProto() {
    return proto != null;
  }

  /** Whether the store holds exactly these bytes for this version. */
  public boolean isStoredAs(byte[] value) {
    return Arrays.equals(ResourceVersions.insert(value, revision), members());
  }

  /** The object as a protobuf message without the envelope; shared like {@link #members}. */
  public byte[] proto() {
    byte[] made = proto;
    if (made == null) {
      ProtoWriter out = new ProtoWriter();
      type.writeProto(record(), out);
      made = out.toByteArray();
      proto = made;
    }
    return made;
  }

  /** This version shown as another kind. */
  @SuppressWarnings("unchecked") // a form is the key of what it made
  public <U extends ApiObject> Cached<U> as(Form<T, U> form) {
    if (form.type().equals(type)) {
      return (Cached<U>) this;
    }
    Map<Form<?, ?>, Cached<?>> made = forms;
    if (made == null) {
      made = new ConcurrentHashMap<>(2);
      forms = made;
    }
    return (Cached<U>)
        made.computeIfAbsent(
            form, same -> new Cached<>(form.type(), key, revision, null, form.convert(record())));
  }

  @Override
  public String toString() {
    return type.gvk().kind() + " " + key + "@" + revision;
  }
}
