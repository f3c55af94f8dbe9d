package io.tiphys.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a cluster keeps its truth, in kube-apiserver's words. */
public final class StoreOptions {
  /** What {@code --store} can say. */
  public enum Kind {
    rocksdb,
    etcd
  }

  @Option(
      names = "--store",
      paramLabel = "KIND",
      description = "rocksdb, in the profile's folder (unless told otherwise), or etcd.")
  private Kind kind = Kind.rocksdb;

  @Option(
      names = "--etcd-servers",
      paramLabel = "URL",
      split = ",",
      description = "Servers of the etcd cluster, such as https://10.0.0.7:2379.")
  private List<String> etcdServers = new ArrayList<>();

  @Option(
      names = "--etcd-prefix",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "Stands before every key in etcd; none unless given.")
  private String etcdPrefix = "";

  @Option(
      names = "--etcd-cafile",
      paramLabel = "FILE",
      description = "Authorities that sign the certificates of etcd.")
  private @Nullable Path etcdCaFile;

  @Option(
      names = "--etcd-certfile",
      paramLabel = "FILE",
      description = "Client certificate shown to etcd.")
  private @Nullable Path etcdCertFile;

  @Option(
      names = "--etcd-keyfile",
      paramLabel = "FILE",
      description = "Key of the client certificate, PKCS#8.")
  private @Nullable Path etcdKeyFile;

  @Option(
      names = "--etcd-user",
      paramLabel = "NAME:PASSWORD-FILE",
      defaultValue = "",
      description = "User of etcd, and the file that holds its password.")
  private String etcdUser = "";

  @Option(
      names = "--cert-dir",
      paramLabel = "FOLDER",
      description = "Authority and keys of the cluster, which all its API servers share.")
  private @Nullable Path certDir;

  public Kind kind() {
    return kind;
  }

  public List<String> etcdServers() {
    return List.copyOf(etcdServers);
  }

  public String etcdPrefix() {
    return etcdPrefix;
  }

  public @Nullable Path etcdCaFile() {
    return etcdCaFile;
  }

  public @Nullable Path etcdCertFile() {
    return etcdCertFile;
  }

  public @Nullable Path etcdKeyFile() {
    return etcdKeyFile;
  }

  /** Empty for none. */
  public String etcdUser() {
    return etcdUser;
  }

  /** Null for the profile's own. */
  public @Nullable Path certDir() {
    return certDir;
  }

  /** The same options as words of a command line, from any folder. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    if (kind != Kind.rocksdb) {
      words.add("--store=" + kind);
    }
    etcdServers.forEach(server -> words.add("--etcd-servers=" + server));
    if (!etcdPrefix.isEmpty()) {
      words.add("--etcd-prefix=" + etcdPrefix);
    }
    file(words, "--etcd-cafile", etcdCaFile);
    file(words, "--etcd-certfile", etcdCertFile);
    file(words, "--etcd-keyfile", etcdKeyFile);
    int colon = etcdUser.indexOf(':');
    if (colon > 0) {
      Path password = Path.of(etcdUser.substring(colon + 1)).toAbsolutePath();
      words.add("--etcd-user=" + etcdUser.substring(0, colon + 1) + password);
    }
    file(words, "--cert-dir", certDir);
    return words;
  }

  private static void file(List<String> words, String option, @Nullable Path file) {
    if (file != null) {
      words.add(option + "=" + file.toAbsolutePath());
    }
  }
}
