package io.tiphys.build.types;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Writes the sources and resources of {@code api/types}. Arguments: the two folders to fill. */
public final class Main {
  private final Path sources;
  private final Path resources;

  private Main(Path sources, Path resources) {
    this.sources = sources;
    this.resources = resources;
  }

  /** Does nothing when the folders were written by this very program from these very jars. */
  public static void main(String[] arguments) throws IOException {
    Main main = new Main(Path.of(arguments[0]), Path.of(arguments[1]));
    Stamp stamp = new Stamp(main.sources.resolve(".stamp"));
    if (!stamp.isCurrent()) {
      main.empty(main.sources);
      main.empty(main.resources);
      main.run();
      stamp.set();
    }
  }

  private void run() throws IOException {
    Packages packages = Packages.load();
    Map<TypeName, TypeDef> types = new ModelReader().read();
    Set<TypeName> inLists = new HashSet<>();
    Set<TypeName> inMaps = new HashSet<>();
    for (TypeDef type : types.values()) {
      for (FieldDef field : type.fields()) {
        switch (field.shape()) {
          case Shape.ListOf(Shape.Struct struct, boolean _) -> inLists.add(struct.name());
          case Shape.MapOf(Shape.Struct struct) -> inMaps.add(struct.name());
          case Shape.Scalar _, Shape.Struct _, Shape.ListOf _, Shape.MapOf _ -> {}
        }
      }
    }
    NamedTypes named = NamedTypes.load();
    Set<String> used = new TreeSet<>();
    for (TypeDef type : types.values()) {
      if (type.role() == TypeDef.Role.LIST) {
        continue;
      }
      TypeName name = type.name();
      used.add(name.pkg());
      RecordWriter.Uses uses = new RecordWriter.Uses(inLists.contains(name), inMaps.contains(name));
      java(name.javaName(), new RecordWriter(type, packages.of(name.pkg()), uses, named).write());
    }
    for (String pkg : used) {
      ApiPackage api = packages.of(pkg);
      java("io.tiphys.api." + pkg + ".package-info", PackageInfo.of(api));
      resource("io/tiphys/api/schemas/" + pkg, SchemaTable.of(pkg, types.values()));
    }
    new ResourceConstants(packages, types).write().forEach(this::java);
    resource(
        "io/tiphys/api/openapi-definitions.json", new OpenApiDefinitions(packages, types).write());
  }

  private void java(String name, String text) {
    write(sources.resolve(name.replace('.', '/') + ".java"), text);
  }

  private void resource(String path, String text) {
    write(resources.resolve(path), text);
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("cannot write " + file, e);
    }
  }

  private void empty(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
