package io.tiphys.node.cri;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image on this node.
 *
 * @param id digest of its config: {@code sha256:...}
 * @param repoTags such as {@code docker.io/library/nginx:1.29}
 * @param repoDigests such as {@code docker.io/library/nginx@sha256:...}
 * @param size bytes, as transferred
 * @param uid the user it runs as, when that is a number
 * @param username the user it runs as, when that is a name
 * @param pinned never removed to make room
 */
public record Image(
    String id,
    List<String> repoTags,
    List<String> repoDigests,
    long size,
    @Nullable Long uid,
    String username,
    boolean pinned) {
  public Image {
    repoTags = List.copyOf(repoTags);
    repoDigests = List.copyOf(repoDigests);
  }
}
