package io.tiphys.store.rocksdb;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's native library, unpacked once per version. Left to itself, RocksDB unpacks 17 MB into
 * the temporary folder at every start.
 */
final class NativeLibrary {
  /** The file RocksDB looks for in a given folder: named after "rocksdbjni", not "rocksdb". */
  private static final String LOADED_AS = Environment.getJniLibraryFileName("rocksdbjni");

  private NativeLibrary() {}

  /** Loads the library from {@code folder}, where this platform's file is put if it is missing. */
  static void load(Path folder) {
    String name = Environment.getJniLibraryFileName("rocksdb");
    URL packed = RocksDB.class.getClassLoader().getResource(name);
    if (packed == null) {
      throw new StoreException(
          "RocksDB has no native library for this platform ("
              + name
              + "): use another kind of store, for example in memory");
    }
    try {
      RocksDB.loadLibrary(List.of(unpack(packed, folder).toString()));
    } catch (IOException | UnsatisfiedLinkError e) {
      throw new StoreException("cannot load RocksDB's native library from " + folder, e);
    }
  }

  /** Returns the folder in which the library lies. */
  private static Path unpack(URL packed, Path folder) throws IOException {
    URLConnection source = packed.openConnection();
    long size = source.getContentLengthLong();
    Path versionFolder = folder.resolve("rocksdb-" + fingerprint(source, size));
    Path target = versionFolder.resolve(LOADED_AS);
    if (Files.exists(target) && Files.size(target) == size) {
      return versionFolder;
    }
    Files.createDirectories(versionFolder);
    Path partial = Files.createTempFile(versionFolder, LOADED_AS, ".partial");
    try (InputStream in = source.getInputStream()) {
      Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
      AtomicFile.moveIntoPlace(partial, target);
    } finally {
      Files.deleteIfExists(partial);
    }
    return versionFolder;
  }

  /** Tells versions apart without reading the library: the checksum that the jar keeps of it. */
  private static String fingerprint(URLConnection source, long size) throws IOException {
    return source instanceof JarURLConnection jar
        ? Long.toHexString(jar.getJarEntry().getCrc())
        : Long.toString(size);
  }
}
