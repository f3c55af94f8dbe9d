package io.tiphys.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our messages against the official client's descriptors, which come from upstream's .proto files.
 */
class ProtoCompatibilityTest {
  private static final int SEEDS = 8;

  static List<Class<? extends Record>> described() {
    return AllTypes.ALL.stream().filter(type -> descriptor(type) != null).toList();
  }

  @Test
  void onlyOurOwnAndTheAggregatorsTypesAreNotDescribed() {
    Set<String> packages = new TreeSet<>();
    for (Class<?> type : AllTypes.ALL) {
      if (descriptor(type) == null) {
        packages.add(type.getPackageName().substring("io.tiphys.api.".length()));
      }
    }
    assertThat(packages).containsExactly("apiregistration.v1", "apps.v1alpha1");
  }

  @ParameterizedTest
  @MethodSource("described")
  void theyUnderstandUsAndWeThem(Class<? extends Record> type)
      throws InvalidProtocolBufferException {
    Descriptor descriptor = descriptor(type);
    for (int seed = 0; seed < SEEDS; seed++) {
      Object ours = new RandomRecords(seed).next(type);
      DynamicMessage theirs = DynamicMessage.parseFrom(descriptor, AllTypes.writeProto(ours));
      assertKnown(theirs);
      assertThat(AllTypes.readProto(type, theirs.toByteArray())).isEqualTo(ours);
    }
  }

  private static void assertKnown(Message message) {
    assertThat(message.getUnknownFields().asMap())
        .as(message.getDescriptorForType().getFullName())
        .isEmpty();
    for (Object value : message.getAllFields().values()) {
      for (Object each : value instanceof List<?> list ? list : List.of(value)) {
        if (each instanceof Message inner) {
          assertKnown(inner);
        }
      }
    }
  }

  private static @Nullable Descriptor descriptor(Class<?> type) {
    String[] parts = AllTypes.name(type).split("\\.");
    String outer =
        switch (parts[0]) {
          case "core" -> "V1";
          case "meta" -> "Meta";
          default ->
              parts[1].toUpperCase(Locale.ROOT)
                  + parts[0].substring(0, 1).toUpperCase(Locale.ROOT)
                  + parts[0].substring(1);
        };
    try {
      Class<?> file = Class.forName("io.kubernetes.client.proto." + outer);
      FileDescriptor descriptor = (FileDescriptor) file.getMethod("getDescriptor").invoke(null);
      return descriptor.findMessageTypeByName(parts[2]);
    } catch (ClassNotFoundException _) {
      return null;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(outer, e);
    }
  }
}
