package io.tiphys.codec;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a reader stands, for its messages, and what a strict reader has to remark. Checked against
 * decode.go and kubernetes_patch.go of sigs.k8s.io/json: a type error names the fields of structs
 * alone, a remark names keys of maps and indices as well.
 */
final class ReadPath {
  /**
   * Recursion of the generated readers; also what trees may nest. Go allows 10,000, which its
   * growing stacks bear and ours do not; no real object comes near a tenth of this.
   */
  static final int MAX_DEPTH = 1000;

  /** As in Go: further remarks are dropped. */
  private static final int MAX_REMARKS = 100;

  /** Up to here comparing with every name seen beats hashing. */
  private static final int FEW_NAMES = 24;

  private final boolean strict;
  private final Set<String> remarks = new LinkedHashSet<>();
  private Frame[] frames = {new Frame()};
  private int depth;
  private boolean repeated;

  /** One open object or array; reused for the next of the same depth. */
  private static final class Frame {
    String goType = "";
    boolean struct;
    boolean array;
    int index;
    String name = "";
    String[] seen = new String[8];
    int seenCount;
    @Nullable Set<String> seenMany;

    boolean add(String next) {
      if (seenMany != null) {
        return seenMany.add(next);
      }
      for (int i = 0; i < seenCount; i++) {
        if (seen[i].equals(next)) {
          return false;
        }
      }
      if (seenCount == FEW_NAMES) {
        seenMany = new HashSet<>(List.of(seen).subList(0, seenCount));
        return seenMany.add(next);
      }
      if (seenCount == seen.length) {
        seen = Arrays.copyOf(seen, 3 * seen.length);
      }
      seen[seenCount++] = next;
      return true;
    }
  }

  ReadPath(boolean strict) {
    this.strict = strict;
  }

  int depth() {
    return depth;
  }

  boolean inStruct() {
    return frames[depth].struct;
  }

  List<String> remarks() {
    return List.copyOf(remarks);
  }

  void enterObject(String goType) {
    Frame frame = enter(goType);
    frame.struct = !goType.startsWith("map[");
    frame.array = false;
    frame.seenCount = 0;
    frame.seenMany = null;
  }

  void enterArray(String goType) {
    Frame frame = enter(goType);
    frame.struct = false;
    frame.array = true;
    frame.index = -1;
  }

  private Frame enter(String goType) {
    depth++;
    if (depth == frames.length) {
      frames = Arrays.copyOf(frames, depth + 8);
      for (int i = depth; i < frames.length; i++) {
        frames[i] = new Frame();
      }
    }
    Frame frame = frames[depth];
    frame.goType = goType;
    frame.name = "";
    return frame;
  }

  void leave() {
    depth--;
  }

  void field(String name) {
    Frame frame = frames[depth];
    frame.name = name;
    if (strict) {
      repeated = !frame.add(name);
      if (repeated && !frame.struct) {
        known();
      }
    }
  }

  void element() {
    frames[depth].index++;
  }

  /** The field entered last is one that its type knows. */
  void known() {
    if (repeated) {
      repeated = false;
      remark("duplicate field ");
    }
  }

  /** The field entered last is one that its type does not know. */
  void unknown() {
    repeated = false;
    if (strict) {
      remark("unknown field ");
    }
  }

  /** A field that was found elsewhere is one that its type does not know. */
  void unknown(String path) {
    if (strict) {
      remark("unknown field ", path);
    }
  }

  private void remark(String what) {
    remark(what, fullPath());
  }

  private void remark(String what, String path) {
    if (remarks.size() < MAX_REMARKS) {
      remarks.add(what + GoText.quote(path));
    }
  }

  private String fullPath() {
    StringBuilder path = new StringBuilder();
    for (int i = 1; i <= depth; i++) {
      Frame frame = frames[i];
      if (frame.array) {
        path.append('[').append(frame.index).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(frame.name);
      }
    }
    return path.toString();
  }

  /** The refusal of a value, such as {@code string}, where the type demands another. */
  CodecException mismatch(String found, String goType) {
    String struct = "";
    StringBuilder fields = new StringBuilder();
    for (int i = 1; i <= depth; i++) {
      Frame frame = frames[i];
      if (frame.struct && !frame.name.isEmpty()) {
        struct = frame.goType.substring(frame.goType.lastIndexOf('.') + 1);
        fields.append(fields.isEmpty() ? "" : ".").append(frame.name);
      }
    }
    String where = fields.isEmpty() ? "Go value" : "Go struct field " + struct + "." + fields;
    return new CodecException(
        "json: cannot unmarshal " + found + " into " + where + " of type " + goType);
  }
}
