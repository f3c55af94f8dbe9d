package io.tiphys.node.agent;

import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.ImageFsInfo;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.ImageSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Images by name. A pull succeeds, fails, or hangs, as a test has it. */
final class FakeImages implements ImageService {
  final List<@Nullable AuthConfig> pulls = new ArrayList<>();
  final CountDownLatch hanging = new CountDownLatch(1);
  private final Set<String> present = new HashSet<>();
  private @Nullable CriException failure;
  private boolean hangs;

  FakeImages(String... present) {
    this.present.addAll(List.of(present));
  }

  synchronized void fail(@Nullable CriException failure) {
    this.failure = failure;
  }

  synchronized void hang() {
    hangs = true;
  }

  @Override
  public List<Image> listImages(@Nullable ImageSpec filter) {
    return List.of();
  }

  @Override
  public synchronized Optional<Image> imageStatus(ImageSpec image) {
    if (image.image().contains("//")) {
      throw CriException.invalid("invalid reference format");
    }
    return present.contains(image.image())
        ? Optional.of(new Image(image.image(), List.of(), List.of(), 1234, 0L, "", false))
        : Optional.empty();
  }

  @Override
  public String pullImage(ImageSpec image, @Nullable AuthConfig auth) {
    boolean waits;
    synchronized (this) {
      pulls.add(auth);
      waits = hangs;
      if (failure != null) {
        throw failure;
      }
    }
    if (waits) {
      hanging.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
      }
    }
    synchronized (this) {
      present.add(image.image());
    }
    return image.image();
  }

  @Override
  public void removeImage(ImageSpec image) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ImageFsInfo imageFsInfo() {
    throw new UnsupportedOperationException();
  }
}
