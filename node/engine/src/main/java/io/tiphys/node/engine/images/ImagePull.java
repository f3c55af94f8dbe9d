package io.tiphys.node.engine.images;

import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.images.Manifest.Descriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** One pull of one image. */
final class ImagePull {
  /** As many layers at once as Docker fetches: more only split the same line. */
  private static final int PARALLEL_LAYERS = 3;

  /** Configurations are a few kilobytes; this is what a hostile one may take. */
  private static final long CONFIG_LIMIT = 8L << 20;

  private final ImageReference name;
  private final RegistryClient registry;
  private final Images images;

  ImagePull(ImageReference name, RegistryClient registry, Images images) {
    this.name = name;
    this.registry = registry;
    this.images = images;
  }

  /** Fetches what is missing; failures in containerd's words, since people search for them. */
  StoredImage run() {
    try {
      return fetch();
    } catch (CriException e) {
      throw new CriException(e.code(), failed(e.getMessage()), e);
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new CriException(CriException.Code.UNAVAILABLE, failed(reason), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CriException(CriException.Code.UNAVAILABLE, failed("interrupted"), e);
    }
  }

  private String failed(@Nullable String reason) {
    return "failed to pull and unpack image \"%s\": %s".formatted(name, reason);
  }

  private StoredImage fetch() throws IOException, InterruptedException {
    String wanted = name.digest().map(Digest::toString).orElse(name.tag());
    RegistryClient.ManifestAnswer top = resolve(wanted);
    RegistryClient.ManifestAnswer own = top;
    Manifest manifest = Manifest.read(Document.parse(top.bytes()));
    if (manifest instanceof Manifest.Index index) {
      own = choose(index);
      manifest = Manifest.read(Document.parse(own.bytes()));
    }
    if (!(manifest instanceof Manifest.Single single)) {
      throw CriException.invalid("an index leads to another index");
    }
    return fetch(single, own, top.digest());
  }

  private RegistryClient.ManifestAnswer resolve(String wanted)
      throws IOException, InterruptedException {
    String failed = "failed to resolve reference \"%s\": ".formatted(name);
    try {
      return registry
          .manifest(wanted)
          .orElseThrow(() -> CriException.notFound(name + ": not found"));
    } catch (CriException e) {
      throw new CriException(e.code(), failed + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException(failed + e.getMessage(), e);
    }
  }

  private RegistryClient.ManifestAnswer choose(Manifest.Index index)
      throws IOException, InterruptedException {
    Manifest.Platform platform = images.platform();
    Descriptor chosen =
        index
            .choose(platform)
            .orElseThrow(
                () ->
                    CriException.notFound(
                        "no match for platform in manifest: %s: not found".formatted(platform)));
    return registry
        .manifest(chosen.digest().toString())
        .orElseThrow(() -> CriException.notFound(chosen.digest() + ": not found"));
  }

  private StoredImage fetch(
      Manifest.Single manifest, RegistryClient.ManifestAnswer answer, Digest topDigest)
      throws IOException, InterruptedException {
    ContentStore content = images.content();
    Descriptor configBlob = manifest.config();
    if (configBlob.size() > CONFIG_LIMIT) {
      throw CriException.invalid("image configuration of " + configBlob.size() + " bytes");
    }
    if (!content.has(configBlob.digest())) {
      registry.blob(configBlob, content);
    }
    ImageConfig config = ImageConfig.read(Document.parse(content.read(configBlob.digest())));
    requireImage(config, manifest);
    content.put(answer.bytes());
    fetchLayers(manifest, config);
    StoredImage image =
        new StoredImage(
            configBlob.digest(),
            answer.digest(),
            name.digest().isPresent() ? List.of() : name.tagged().stream().toList(),
            List.of(name.withDigest(topDigest)),
            manifest.size(),
            config);
    return images.commit(image, manifest);
  }

  static void requireImage(ImageConfig config, Manifest.Single manifest) {
    if (config.diffIds().size() != manifest.layers().size() || config.diffIds().isEmpty()) {
      throw CriException.invalid(
          "not a container image: %d layers, %d diff ids"
              .formatted(manifest.layers().size(), config.diffIds().size()));
    }
  }

  private void fetchLayers(Manifest.Single manifest, ImageConfig config)
      throws IOException, InterruptedException {
    Map<Digest, Descriptor> missing = new LinkedHashMap<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      Descriptor layer = manifest.layers().get(i);
      if (!images.hasLayer(config.diffIds().subList(0, i + 1), layer.digest())
          && !images.content().has(layer.digest())) {
        missing.put(layer.digest(), layer);
      }
    }
    Semaphore seats = new Semaphore(PARALLEL_LAYERS);
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (Descriptor layer : missing.values()) {
      Callable<Void> work =
          () -> {
            seats.acquire();
            try {
              registry.blob(layer, images.content());
            } finally {
              seats.release();
            }
            return null;
          };
      FutureTask<Void> task = new FutureTask<>(work);
      tasks.add(task);
      Thread.ofVirtual().name("layer-" + layer.digest()).start(task);
    }
    await(tasks);
  }

  /** Waits for all; the first failure calls the others off. */
  private static void await(List<FutureTask<Void>> tasks) throws IOException, InterruptedException {
    try {
      for (FutureTask<Void> task : tasks) {
        task.get();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      throw cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
    } finally {
      tasks.forEach(task -> task.cancel(true));
    }
  }
}
