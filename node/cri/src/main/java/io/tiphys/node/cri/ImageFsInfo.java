package io.tiphys.node.cri;

import java.util.List;

/** The space images and writable layers take. */
public record ImageFsInfo(
    List<FilesystemUsage> imageFilesystems, List<FilesystemUsage> containerFilesystems) {
  public ImageFsInfo {
    imageFilesystems = List.copyOf(imageFilesystems);
    containerFilesystems = List.copyOf(containerFilesystems);
  }
}
