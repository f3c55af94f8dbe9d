package io.tiphys.assembly;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.cli.CliException;
import io.tiphys.cli.StoreOptions;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.etcd.EtcdConfig;
import io.tiphys.store.etcd.EtcdStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The etcd cluster that the command line names. */
final class EtcdCluster {
  private EtcdCluster() {}

  /**
   * Connects.
   *
   * @throws CliException saying what is wrong with the options or with etcd
   */
  static Store open(StoreOptions options, Clock clock, Loops loops) {
    try {
      EtcdConfig config =
          new EtcdConfig(
              options.etcdServers(),
              options.etcdPrefix(),
              options.etcdCaFile(),
              options.etcdCertFile(),
              options.etcdKeyFile(),
              user(options.etcdUser()));
      return EtcdStore.open(config, clock, loops);
    } catch (StoreException | IllegalArgumentException e) {
      throw new CliException(e.getMessage() + "; see --etcd-servers and the options beside it", e);
    }
  }

  /** The password is read from its file, since every user of the machine sees command lines. */
  private static String user(String option) {
    int colon = option.indexOf(':');
    if (option.isEmpty()) {
      return "";
    }
    if (colon < 1) {
      throw new CliException("--etcd-user=NAME:PASSWORD-FILE, not " + option);
    }
    Path file = Path.of(option.substring(colon + 1));
    try {
      return option.substring(0, colon + 1) + Files.readString(file).strip();
    } catch (IOException e) {
      throw new CliException("the password of etcd cannot be read: " + e, e);
    }
  }
}
