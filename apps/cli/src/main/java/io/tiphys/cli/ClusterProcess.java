package io.tiphys.cli;

import java.io.IOException;

/** A cluster as the command sees it; the assemblies provide it. */
public interface ClusterProcess {
  /**
   * Runs a cluster in this process until it is told to stop by a signal.
   *
   * @param progress told of every step on the way up
   * @param listener told of beginning and end
   * @return the exit code
   */
  int serve(Profile profile, ClusterOptions options, Progress progress, Listener listener)
      throws Exception;

  /** Ends every container of a cluster whose process has ended, and takes its network down. */
  void stopWorkloads(Profile profile);

  /**
   * Removes whatever a cluster whose process has ended left outside its folder: processes, mounts,
   * namespaces, cgroups, links, nftables rules.
   */
  void destroy(Profile profile);

  /** Hears of a cluster's life. */
  interface Listener {
    /**
     * The cluster can be used.
     *
     * @param server URL of its API
     */
    void ready(String server);

    /** All components are closed; the process is about to end. */
    void ended() throws IOException;
  }
}
