package io.tiphys.node.engine.images;

import java.util.List;

/**
 * An image on this node.
 *
 * @param id the digest of its configuration
 * @param tags full references with a tag
 * @param digests full references with a digest
 * @param size bytes, as transferred
 */
public record StoredImage(
    Digest id,
    Digest manifest,
    List<String> tags,
    List<String> digests,
    long size,
    ImageConfig config) {
  public StoredImage {
    tags = List.copyOf(tags);
    digests = List.copyOf(digests);
  }

  StoredImage withNames(List<String> newTags, List<String> newDigests) {
    return new StoredImage(id, manifest, newTags, newDigests, size, config);
  }
}
