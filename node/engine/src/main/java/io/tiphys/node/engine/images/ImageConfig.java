package io.tiphys.node.engine.images;

import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import java.util.List;
import java.util.Map;

/**
 * What an image says about the containers made from it.
 *
 * @param user {@code user}, {@code uid}, {@code user:group}...; empty for root
 * @param diffIds the digests of the uncompressed layers, the lowest first
 */
public record ImageConfig(
    String architecture,
    String os,
    String user,
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    String workingDir,
    String stopSignal,
    Map<String, String> labels,
    List<String> volumes,
    List<Digest> diffIds) {
  public ImageConfig {
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    labels = Map.copyOf(labels);
    volumes = List.copyOf(volumes);
    diffIds = List.copyOf(diffIds);
  }

  /**
   * Reads an OCI or Docker image configuration.
   *
   * @throws CriException INVALID_ARGUMENT when it describes no container image
   */
  static ImageConfig read(Document document) {
    Document config = document.get("config");
    List<String> diffIds = document.get("rootfs").texts("diff_ids");
    for (String diffId : diffIds) {
      if (!Digest.isDigest(diffId)) {
        throw CriException.invalid("image configuration has an invalid diff_id: " + diffId);
      }
    }
    return new ImageConfig(
        document.text("architecture"),
        document.text("os"),
        config.text("User"),
        config.texts("Env"),
        config.texts("Entrypoint"),
        config.texts("Cmd"),
        config.text("WorkingDir"),
        config.text("StopSignal"),
        config.textMembers("Labels"),
        List.copyOf(config.get("Volumes").members().keySet()),
        diffIds.stream().map(Digest::parse).toList());
  }
}
