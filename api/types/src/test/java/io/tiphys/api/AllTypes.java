package io.tiphys.api;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.codec.FieldReader;
import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.ProtoReader;
import io.tiphys.codec.ProtoWriter;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every generated record, with its codecs by reflection. */
final class AllTypes {
  static final List<Class<? extends Record>> ALL = find();

  private AllTypes() {}

  /** {@code core.v1.Pod}. */
  static String name(Class<?> type) {
    return type.getName().substring("io.tiphys.api.".length());
  }

  static Object read(Class<?> type, FieldReader in) {
    return call(type, "read", FieldReader.class, in, null);
  }

  static void write(Object value, FieldWriter out) {
    call(value.getClass(), "write", FieldWriter.class, out, value);
  }

  static Object readProto(Class<?> type, byte[] data) {
    return call(type, "readProto", ProtoReader.class, new ProtoReader(data), null);
  }

  static byte[] writeProto(Object value) {
    ProtoWriter out = new ProtoWriter();
    call(value.getClass(), "writeProto", ProtoWriter.class, out, value);
    return out.toByteArray();
  }

  private static Object call(
      Class<?> type, String method, Class<?> parameter, Object argument, @Nullable Object target) {
    try {
      return type.getMethod(method, parameter).invoke(target, argument);
    } catch (InvocationTargetException e) {
      throw new AssertionError(name(type) + "." + method, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(name(type), e);
    }
  }

  private static List<Class<? extends Record>> find() {
    try {
      URI source = Pod.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      if (Files.isDirectory(Path.of(source))) {
        return find(Path.of(source));
      }
      try (FileSystem jar = FileSystems.newFileSystem(Path.of(source), Map.of())) {
        return find(jar.getPath("/"));
      }
    } catch (IOException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Class<? extends Record>> find(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve("io/tiphys/api"))) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.matches("io/tiphys/api/\\w+/v\\w+/\\w+\\.class"))
          .sorted()
          .<Class<? extends Record>>map(AllTypes::load)
          .toList();
    }
  }

  private static Class<? extends Record> load(String file) {
    try {
      return Class.forName(file.replace(".class", "").replace('/', '.')).asSubclass(Record.class);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
