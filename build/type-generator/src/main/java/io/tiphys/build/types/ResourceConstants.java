package io.tiphys.build.types;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The classes of resource constants ({@code CoreV1}, {@code AppsV1}, ...) and their sum. */
final class ResourceConstants {
  private final Packages packages;
  private final Map<TypeName, TypeDef> types;

  ResourceConstants(Packages packages, Map<TypeName, TypeDef> types) {
    this.packages = packages;
    this.types = types;
  }

  /** Sources by class name. */
  Map<String, String> write() {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    for (String line : Tables.lines("resources.table")) {
      TypeName kind = TypeName.parse(line.substring(0, line.indexOf(' ')));
      if (!types.containsKey(kind)) {
        throw new IllegalStateException("no kind " + kind);
      }
      rows.computeIfAbsent(kind.pkg(), _ -> new ArrayList<>()).add(line);
    }
    Map<String, String> sources = new LinkedHashMap<>();
    Source all = new Source();
    all.line("package io.tiphys.api;");
    all.line("");
    all.line("import java.util.ArrayList;");
    all.line("import java.util.List;");
    all.line("");
    all.line("/** All resources of the API, those that are never stored among them. */");
    all.line("public final class Resources {");
    all.line("  private Resources() {}");
    all.line("  private static final List<Resource<?>> ALL = collect();");
    all.line("  /** Group by group, the core group first. */");
    all.line("  public static List<Resource<?>> all() {");
    all.line("    return ALL;");
    all.line("  }");
    all.line("  private static List<Resource<?>> collect() {");
    all.line("    List<Resource<?>> all = new ArrayList<>();");
    rows.forEach(
        (pkg, lines) -> {
          String simple = className(pkg);
          all.line("    all.addAll(" + simple + ".ALL);");
          sources.put("io.tiphys.api." + simple, constants(packages.of(pkg), simple, lines));
        });
    all.line("    return List.copyOf(all);");
    all.line("  }");
    all.line("}");
    sources.put("io.tiphys.api.Resources", all.toString());
    return sources;
  }

  /** {@code apps.v1} is AppsV1. */
  private static String className(String pkg) {
    StringBuilder name = new StringBuilder();
    for (String part : pkg.split("\\.")) {
      name.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
    }
    return name.toString();
  }

  private static String constants(ApiPackage pkg, String simple, List<String> lines) {
    Source out = new Source();
    out.line("package io.tiphys.api;");
    out.line("");
    out.line("import java.util.List;");
    out.line("");
    String api = pkg.group().isEmpty() ? pkg.version() : pkg.group() + "/" + pkg.version();
    out.line("/** The resources of {@code " + api + "}. */");
    out.line("public final class " + simple + " {");
    List<String> names = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.split(" +");
      TypeName kind = TypeName.parse(words[0]);
      List<String> shortNames = new ArrayList<>();
      List<String> categories = new ArrayList<>();
      for (int i = 3; i < words.length; i++) {
        boolean category = words[i].startsWith("#");
        (category ? categories : shortNames)
            .add("\"" + (category ? words[i].substring(1) : words[i]) + "\"");
      }
      String constant = words[1].toUpperCase(Locale.ROOT);
      names.add(constant);
      out.line("  public static final Resource<" + kind.javaName() + "> " + constant + " =");
      out.line(
          "      new Resource<>(\"%s\", \"%s\", \"%s\", \"%s\", List.of(%s), List.of(%s), %s, %s.TYPE);"
              .formatted(
                  pkg.group(),
                  pkg.version(),
                  words[1],
                  kind.simple().toLowerCase(Locale.ROOT),
                  String.join(", ", shortNames),
                  String.join(", ", categories),
                  words[2].equals("ns"),
                  kind.javaName()));
    }
    out.line("  static final List<Resource<?>> ALL = List.of(" + String.join(", ", names) + ");");
    out.line("  private " + simple + "() {}");
    out.line("}");
    return out.toString();
  }
}
