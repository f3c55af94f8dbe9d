package io.tiphys.node.engine;

import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.ImageFsInfo;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.ImageSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Images whose every failure is a CriException, as the contract says. */
record ContractImages(ImageService guarded) implements ImageService {
  @Override
  public List<Image> listImages(@Nullable ImageSpec filter) {
    return Failures.mapped(() -> guarded.listImages(filter));
  }

  @Override
  public Optional<Image> imageStatus(ImageSpec image) {
    return Failures.mapped(() -> guarded.imageStatus(image));
  }

  @Override
  public String pullImage(ImageSpec image, @Nullable AuthConfig auth) {
    return Failures.mapped(() -> guarded.pullImage(image, auth));
  }

  @Override
  public void removeImage(ImageSpec image) {
    Failures.mapped(() -> guarded.removeImage(image));
  }

  @Override
  public ImageFsInfo imageFsInfo() {
    return Failures.mapped(() -> guarded.imageFsInfo());
  }
}
