package io.tiphys.store.etcd;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the etcd cluster is and who we are to it; kube-apiserver's flags of the same names.
 *
 * @param servers one or more, such as {@code https://10.0.0.7:2379}
 * @param prefix stands before every key; empty for none
 * @param caFile authorities that the servers' certificates are checked against; null: the system's
 * @param certFile a client certificate; null for none
 * @param keyFile its key, PKCS#8
 * @param user name and password, parted by a colon; empty for none
 */
public record EtcdConfig(
    List<String> servers,
    String prefix,
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    String user) {
  public EtcdConfig {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no etcd server is named");
    }
  }

  /** Servers on plain HTTP that ask nobody who he is. */
  public static EtcdConfig plain(List<String> servers, String prefix) {
    return new EtcdConfig(servers, prefix, null, null, null, "");
  }
}
