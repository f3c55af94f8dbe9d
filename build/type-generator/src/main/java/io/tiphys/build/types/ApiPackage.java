package io.tiphys.build.types;

/**
 * A package of records.
 *
 * @param name such as {@code apps.v1}
 * @param group the API group; empty for the core group
 * @param descriptors the class of client-java-proto that describes its messages, or {@code -}
 * @param definitions what precedes its type names in OpenAPI documents
 */
record ApiPackage(String name, String group, String descriptors, String definitions) {
  String version() {
    return name.substring(name.indexOf('.') + 1);
  }

  boolean hasDescriptors() {
    return !descriptors.equals("-");
  }
}
