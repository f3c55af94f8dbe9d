package io.tiphys.node.engine.images;

import io.tiphys.node.cri.CriException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The full name of an image, with all that a short one leaves out: {@code nginx} is {@code
 * docker.io/library/nginx:latest}. Checked against distribution's {@code reference/normalize.go}.
 *
 * @param registry host and perhaps port
 * @param repository path in the registry
 * @param tag empty when only a digest was given
 * @param digest empty when none was given
 */
public record ImageReference(
    String registry, String repository, String tag, Optional<Digest> digest) {
  private static final String DEFAULT_REGISTRY = "docker.io";

  private static final Pattern REGISTRY =
      Pattern.compile("([a-zA-Z0-9.-]+|\\[[0-9a-fA-F:]+])(:[0-9]+)?");
  private static final Pattern REPOSITORY =
      Pattern.compile(
          "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
  private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");

  /** Registries refuse longer ones, so does upstream. */
  private static final int NAME_LIMIT = 255;

  /**
   * @throws CriException INVALID_ARGUMENT with upstream's words
   */
  public static ImageReference parse(String text) {
    String rest = text;
    Optional<Digest> digest = Optional.empty();
    int at = rest.indexOf('@');
    if (at >= 0) {
      if (!Digest.isDigest(rest.substring(at + 1))) {
        throw invalid(text);
      }
      digest = Optional.of(Digest.parse(rest.substring(at + 1)));
      rest = rest.substring(0, at);
    }
    String tag = digest.isPresent() ? "" : "latest";
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = rest.substring(colon + 1);
      rest = rest.substring(0, colon);
      if (!TAG.matcher(tag).matches()) {
        throw invalid(text);
      }
    }
    int slash = rest.indexOf('/');
    String first = slash < 0 ? "" : rest.substring(0, slash);
    boolean named =
        first.contains(".")
            || first.contains(":")
            || first.equals("localhost")
            || !first.equals(first.toLowerCase(java.util.Locale.ROOT));
    String registry = named ? first : DEFAULT_REGISTRY;
    String repository = named ? rest.substring(slash + 1) : rest;
    if (registry.equals("index.docker.io")) {
      registry = DEFAULT_REGISTRY;
    }
    if (registry.equals(DEFAULT_REGISTRY) && !repository.contains("/")) {
      repository = "library/" + repository;
    }
    if (!REGISTRY.matcher(registry).matches()
        || !REPOSITORY.matcher(repository).matches()
        || registry.length() + repository.length() > NAME_LIMIT) {
      throw invalid(text);
    }
    return new ImageReference(registry, repository, tag, digest);
  }

  private static CriException invalid(String text) {
    return CriException.invalid(
        "failed to parse reference \"%s\": invalid reference format".formatted(text));
  }

  /** Registry and repository. */
  public String name() {
    return registry + "/" + repository;
  }

  /** This name with a tag and without digest; empty if it has no tag. */
  Optional<String> tagged() {
    return tag.isEmpty() ? Optional.empty() : Optional.of(name() + ":" + tag);
  }

  /** This name with {@code digest} alone. */
  String withDigest(Digest digest) {
    return name() + "@" + digest;
  }

  @Override
  public String toString() {
    return digest.map(this::withDigest).orElseGet(() -> name() + ":" + tag);
  }
}
