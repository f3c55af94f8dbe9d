package io.tiphys.store.etcd;

import io.tiphys.store.etcd.grpc.Endpoint;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the etcd cluster is and who we are to it: kube-apiserver's flags of the same names, and a
 * user of our own.
 *
 * @param servers one or more, such as {@code https://10.0.0.7:2379}
 * @param prefix stands before every key; empty for none
 * @param caFile authorities that the servers' certificates are checked against; null: the system's
 * @param certFile a client certificate; null for none
 * @param keyFile its key, PKCS#8
 * @param user name and password, parted by a colon; empty for none. Ours (--etcd-user):
 *     kube-apiserver has no such flag
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
    if (!user.isEmpty() && !servers.stream().map(Endpoint::parse).allMatch(Endpoint::tls)) {
      throw new IllegalArgumentException(
          "a password for etcd is only sent to https:// servers, not in the clear");
    }
  }

  /** Without the password, since this may come into logs. */
  @Override
  public String toString() {
    String name = user.split(":", 2)[0];
    return "etcd at " + servers + ", prefix '" + prefix + "', user '" + name + "'";
  }

  /** Servers on plain HTTP that ask nobody who he is. */
  public static EtcdConfig plain(List<String> servers, String prefix) {
    return new EtcdConfig(servers, prefix, null, null, null, "");
  }
}
