package io.tiphys.node.cri;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Images: CRI's ImageService. An image is named by a reference ({@code nginx}, {@code
 * registry:5000/a/b:1.0}, {@code name@sha256:...}) or by its id. Failures are {@link
 * CriException}s.
 */
public interface ImageService {
  /**
   * @param filter null for all, else only the image it names
   */
  List<Image> listImages(@Nullable ImageSpec filter);

  /** The image, or empty when it is not here. */
  Optional<Image> imageStatus(ImageSpec image);

  /**
   * Fetches an image, or only its manifest when nothing changed.
   *
   * @param auth null to ask without credentials
   * @return the id of the image
   * @throws CriException NOT_FOUND, UNAUTHENTICATED, UNAVAILABLE or INTERNAL as the registry has it
   */
  String pullImage(ImageSpec image, @Nullable AuthConfig auth);

  /** Removes a reference, or with an id the image and all its references. */
  void removeImage(ImageSpec image);

  ImageFsInfo imageFsInfo();
}
