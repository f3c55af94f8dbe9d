package io.tiphys.node.cri;

import java.util.Map;

/**
 * A reference to an image.
 *
 * @param image a name with tag or digest, or an image id
 */
public record ImageSpec(
    String image,
    Map<String, String> annotations,
    String userSpecifiedImage,
    String runtimeHandler) {
  public static final ImageSpec EMPTY = new ImageSpec("", Map.of(), "", "");

  public ImageSpec {
    annotations = Map.copyOf(annotations);
  }

  public static ImageSpec of(String image) {
    return new ImageSpec(image, Map.of(), "", "");
  }
}
