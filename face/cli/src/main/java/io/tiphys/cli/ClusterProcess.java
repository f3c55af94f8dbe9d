package io.tiphys.cli;

/** A cluster as the command sees it; the houses provide it. */
public interface ClusterProcess {
  /**
   * Runs a cluster in this process until it is told to stop by a signal.
   *
   * @param progress told of every step on the way up
   * @return the exit code
   */
  int serve(Profile profile, ClusterOptions options, Progress progress) throws Exception;

  /** Ends every container of a cluster whose process has ended, and takes its network down. */
  void stopWorkloads(Profile profile);

  /**
   * Removes whatever a cluster whose process has ended left outside its folder: processes, mounts,
   * namespaces, cgroups, links, nftables rules.
   */
  void destroy(Profile profile);
}
