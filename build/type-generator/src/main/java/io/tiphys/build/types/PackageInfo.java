package io.tiphys.build.types;

/** The package-info.java of a package of records. */
final class PackageInfo {
  private PackageInfo() {}

  static String of(ApiPackage pkg) {
    String group = pkg.group().isEmpty() ? pkg.version() : pkg.group() + "/" + pkg.version();
    return """
    /** The types of {@code %s}, generated. */
    @NullMarked
    package io.tiphys.api.%s;

    import org.jspecify.annotations.NullMarked;
    """
        .formatted(pkg.name().startsWith("meta.") ? "meta/v1" : group, pkg.name());
  }
}
