package io.tiphys.build.types;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** All packages, in the order of {@code packages.table}. */
record Packages(Map<String, ApiPackage> byName) {

  static Packages load() {
    Map<String, ApiPackage> packages = new LinkedHashMap<>();
    for (String line : Tables.lines("packages.table")) {
      String[] words = line.split(" +");
      packages.put(
          words[0],
          new ApiPackage(words[0], words[1].equals("-") ? "" : words[1], words[2], words[3]));
    }
    return new Packages(packages);
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  ApiPackage of(String name) {
    ApiPackage found = byName.get(name);
    if (found == null) {
      throw new IllegalStateException("no package " + name);
    }
    return found;
  }

  Collection<ApiPackage> all() {
    return byName.values();
  }
}
