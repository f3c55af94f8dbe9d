package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.files.FileTrees;
import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.FilesystemUsage;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.ImageFsInfo;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.ImageSpec;
import io.tiphys.node.engine.images.Images;
import io.tiphys.node.engine.images.StoredImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine's face as CRI's ImageService. */
final class EngineImages implements ImageService {
  private final Images images;
  private final Path containers;
  private final LayerUse layerUse;
  private final Clock clock;

  /** Who knows the layers that must stay. */
  interface LayerUse {
    /** Runs {@code work} with them; their number does not grow meanwhile. */
    void during(Consumer<Set<Path>> work);
  }

  EngineImages(Images images, Path containers, LayerUse layerUse, Clock clock) {
    this.images = images;
    this.containers = containers;
    this.layerUse = layerUse;
    this.clock = clock;
  }

  @Override
  public List<Image> listImages(@Nullable ImageSpec filter) {
    return filter == null || filter.image().isEmpty()
        ? images.list().stream().map(EngineImages::image).toList()
        : imageStatus(filter).stream().toList();
  }

  @Override
  public Optional<Image> imageStatus(ImageSpec image) {
    return images.find(image.image()).map(EngineImages::image);
  }

  private static Image image(StoredImage image) {
    String user = image.config().user();
    int colon = user.indexOf(':');
    String who = colon < 0 ? user : user.substring(0, colon);
    boolean number = who.matches("\\d{1,10}");
    return new Image(
        image.id().toString(),
        image.tags(),
        image.digests(),
        image.size(),
        number ? Long.valueOf(who) : who.isEmpty() ? Long.valueOf(0) : null,
        number ? "" : who,
        false);
  }

  @Override
  public String pullImage(ImageSpec image, @Nullable AuthConfig auth) {
    return images.pull(image.image(), auth).id().toString();
  }

  @Override
  public void removeImage(ImageSpec image) {
    layerUse.during(layers -> images.remove(image.image(), layers));
  }

  @Override
  public ImageFsInfo imageFsInfo() {
    return new ImageFsInfo(
        List.of(usage(images.folder(), images.usage())),
        List.of(usage(containers, FileTrees.usage(containers))));
  }

  private FilesystemUsage usage(Path folder, FileTrees.Usage usage) {
    return new FilesystemUsage(clock.now(), folder.toString(), usage.bytes(), usage.inodes());
  }
}
