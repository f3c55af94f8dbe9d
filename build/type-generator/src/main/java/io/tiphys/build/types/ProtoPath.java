package io.tiphys.build.types;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a field lives in protobuf.
 *
 * @param numbers its number, after the numbers of the structs around it that JSON inlines
 * @param field null where the package has no descriptors
 */
record ProtoPath(List<Integer> numbers, @Nullable FieldDescriptor field) {

  static List<Descriptor> messages(String outerClass) {
    try {
      Class<?> outer = Class.forName("io.kubernetes.client.proto." + outerClass);
      return ((FileDescriptor) outer.getMethod("getDescriptor").invoke(null)).getMessageTypes();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A JSON name as protobuf spells it: {@code $ref} is ref, x-kubernetes-a is xKubernetesA. */
  static String plain(String json) {
    StringBuilder plain = new StringBuilder();
    boolean upper = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '-') {
        upper = true;
      } else if (c != '$') {
        plain.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return plain.toString();
  }

  /**
   * Finds a field by its JSON name.
   *
   * @param siblings the names of all fields of the type; messages of other names are inlined
   */
  static @Nullable ProtoPath find(
      @Nullable Descriptor message, String json, Facts facts, Set<String> siblings) {
    if (message == null) {
      String number = facts.value("proto");
      return number == null ? null : new ProtoPath(List.of(Integer.parseInt(number)), null);
    }
    String name = plain(json);
    for (FieldDescriptor direct : message.getFields()) {
      // A few differ in case: uid is uID in BoundObjectReference.
      if (direct.getName().equalsIgnoreCase(name)) {
        return new ProtoPath(List.of(direct.getNumber()), direct);
      }
    }
    for (FieldDescriptor field : message.getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && !field.isRepeated()
          && !siblings.contains(field.getName())) {
        ProtoPath inner = find(field.getMessageType(), json, facts, siblings);
        if (inner != null) {
          List<Integer> numbers = new ArrayList<>();
          numbers.add(field.getNumber());
          numbers.addAll(inner.numbers());
          return new ProtoPath(List.copyOf(numbers), inner.field());
        }
      }
    }
    return null;
  }
}
