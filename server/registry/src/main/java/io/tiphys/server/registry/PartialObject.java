package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.FieldReader;
import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.meta.Schema;
import io.tiphys.server.cache.Cached;
import java.util.List;
import java.util.Map;

/** {@code meta.k8s.io/v1, Kind=PartialObjectMetadata}: the metadata of an object of any kind. */
record PartialObject(ObjectMeta metadata) implements ApiObject {
  static final ObjectType<PartialObject> TYPE = new Type();

  /** How its JSON begins; see {@link Cached#opening}. */
  static final byte[] OPENING = Cached.opening(TYPE);

  @Override
  public ObjectType<PartialObject> type() {
    return TYPE;
  }

  @Override
  public PartialObject withMetadata(ObjectMeta changed) {
    return new PartialObject(changed);
  }

  private static final class Type implements ObjectType<PartialObject> {
    private static final GroupVersionKind GVK =
        new GroupVersionKind("meta.k8s.io", "v1", "PartialObjectMetadata");
    private static final Schema SCHEMA =
        new Schema.Struct(
            GVK.kind(),
            Map.of(
                "metadata",
                new Schema.Field(
                    "metadata", ObjectMeta::schema, false, Schema.PatchStrategy.DEFAULT)),
            Schema.Ownership.GRANULAR);

    @Override
    public GroupVersionKind gvk() {
      return GVK;
    }

    @Override
    public PartialObject read(FieldReader in) {
      ObjectMeta metadata = ObjectMeta.EMPTY;
      in.beginObject("v1.PartialObjectMetadata");
      for (String name = in.nextField(); name != null; name = in.nextField()) {
        if (name.equals("metadata")) {
          metadata = ObjectMeta.read(in);
        } else {
          in.skip();
        }
      }
      return new PartialObject(metadata);
    }

    @Override
    public void write(PartialObject value, FieldWriter out) {
      out.beginObject();
      for (String[] member :
          List.of(
              new String[] {"kind", GVK.kind()}, new String[] {"apiVersion", GVK.apiVersion()})) {
        out.name(member[0]);
        out.writeString(member[1]);
      }
      out.name("metadata");
      value.metadata.write(out);
      out.endObject();
    }

    @Override
    public PartialObject readProto(ProtoReader in) {
      ObjectMeta metadata = ObjectMeta.EMPTY;
      while (!in.atEnd()) {
        int tag = in.readTag();
        if (tag >>> 3 == 1) {
          metadata = ObjectMeta.readProto(in.readMessage());
        } else {
          in.skip(tag);
        }
      }
      return new PartialObject(metadata);
    }

    @Override
    public void writeProto(PartialObject value, ProtoWriter out) {
      int message = out.beginMessage(1);
      value.metadata.writeProto(out);
      out.endMessage(message);
    }

    @Override
    public Schema schema() {
      return SCHEMA;
    }
  }
}
