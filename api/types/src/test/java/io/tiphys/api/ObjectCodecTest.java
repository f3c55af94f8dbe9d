package io.tiphys.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectCodecTest {
  private static final Pod POD = Pod.EMPTY.withMetadata(ObjectMeta.EMPTY.withName("web"));

  @Test
  void strictReadingRemarksUnknownAndDuplicateFields() {
    ObjectCodec.Strict<Pod> read =
        ObjectCodec.fromJsonStrict(
            Pod.TYPE,
            bytes(
                """
                {"kind": "Pod", "apiVersion": "v1",
                 "spec": {"foo": 1, "containers": [{"name": "a", "image": "x", "image": "y"}]}}
                """));

    assertThat(read.isClean()).isFalse();
    assertThat(read.message())
        .isEqualTo(
            "strict decoding error: unknown field \"spec.foo\","
                + " duplicate field \"spec.containers[0].image\"");
    assertThat(read.value().spec().containers().getFirst().image()).isEqualTo("y");
  }

  @Test
  void strictReadingOfTreesRemarksUnknownFields() {
    Json.Obj tree = ObjectCodec.toTree(POD).with("bogus", new Json.Int(1));

    ObjectCodec.Strict<Pod> read = ObjectCodec.fromTreeStrict(Pod.TYPE, tree);

    assertThat(read.remarks()).containsExactly("unknown field \"bogus\"");
    assertThat(read.value()).isEqualTo(POD);
  }

  @Test
  void lenientReadingPassesOver() {
    byte[] json = bytes("{\"metadata\":{\"name\":\"web\",\"foo\":{}},\"status\":null}");

    assertThat(ObjectCodec.fromJson(Pod.TYPE, json)).isEqualTo(POD);
  }

  @Test
  void wrongTypesAreRefusedInGosWords() {
    assertThatThrownBy(() -> ObjectCodec.fromJson(Pod.TYPE, bytes("{\"metadata\":{\"name\":5}}")))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("json: cannot unmarshal number into Go struct field")
        .hasMessageContaining("metadata.name of type string");
  }

  @Test
  void stringsOfATypeOfTheirOwnAreRefusedByItsName() {
    assertThatThrownBy(() -> ObjectCodec.fromJson(Pod.TYPE, bytes("{\"spec\":{\"dnsPolicy\":1}}")))
        .hasMessage(
            "json: cannot unmarshal number into Go struct field PodSpec.spec.dnsPolicy of type"
                + " v1.DNSPolicy");
    assertThatThrownBy(
            () ->
                ObjectCodec.fromJson(
                    Pod.TYPE,
                    bytes(
                        "{\"spec\":{\"containers\":[{\"securityContext\":{\"capabilities\":"
                            + "{\"add\":\"ALL\"}}}]}}")))
        .hasMessage(
            "json: cannot unmarshal string into Go struct field"
                + " Capabilities.spec.containers.securityContext.capabilities.add of type"
                + " []v1.Capability");
    assertThatThrownBy(() -> ObjectCodec.fromJson(Pod.TYPE, bytes("{\"metadata\":{\"uid\":1}}")))
        .hasMessage(
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.uid of type"
                + " types.UID");
  }

  @Test
  void theEnvelopeNamesTheKind() {
    byte[] data = ObjectCodec.toProto(POD);

    assertThat(HexFormat.of().formatHex(data))
        .startsWith("6b387300" + "0a09" + "0a027631" + "1203506f64");
    assertThat(Envelope.opens(data)).isTrue();
    Envelope envelope = Envelope.read(data);
    assertThat(envelope.gvk()).isEqualTo(Pod.TYPE.gvk());
    assertThat(envelope.toByteArray()).isEqualTo(data);
    assertThat(ObjectCodec.fromProto(Pod.TYPE, data)).isEqualTo(POD);
  }

  @Test
  void whatIsNoEnvelopeIsRefused() {
    assertThat(Envelope.opens(bytes("{}"))).isFalse();
    assertThatThrownBy(() -> ObjectCodec.fromProto(Pod.TYPE, bytes("{}")))
        .isInstanceOf(CodecException.class);
  }

  @Test
  void kindsWithoutObjectMetaHaveTheirTypeToo() {
    Status status = Status.EMPTY.withCode(404).withStatus("Failure");

    byte[] json = ObjectCodec.toJson(Status.TYPE, status);

    assertThat(new String(json, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                + "\"code\":404}");
    assertThat(ObjectCodec.fromJson(Status.TYPE, json)).isEqualTo(status);
  }

  @Test
  void mapsOfRecordsAreFrozenAndSorted() {
    Map<String, String> labels = new HashMap<>(Map.of("z", "1", "a", "2"));
    ObjectMeta meta = ObjectMeta.EMPTY.withLabels(labels);
    labels.put("m", "3");

    assertThat(meta.labels()).containsExactly(Map.entry("a", "2"), Map.entry("z", "1"));
    assertThat(meta.labels().get("z")).isEqualTo("1");
    assertThat(meta.labels().get("m")).isNull();
    assertThat(meta.withName("x").labels()).isSameAs(meta.labels());
    assertThatThrownBy(() -> meta.labels().put("k", "v"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
