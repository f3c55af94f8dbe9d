package io.tiphys.network.pods;

import io.tiphys.base.Lifecycle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives pods their place on the network: what the container engine asks instead of a CNI plugin.
 * Thread-safe; calls about one sandbox come one after another. Failures are {@link
 * io.tiphys.linux.LinuxFailure} or {@link NoAddressLeft}, and leave nothing behind.
 */
public interface PodNetwork extends Lifecycle {
  /**
   * Connects a sandbox: interface {@code eth0} with an address, a way out, loopback up. A sandbox
   * that is connected already keeps what it has; what a reboot took is made again with the same
   * address.
   */
  Attachment attach(Sandbox sandbox);

  /** What {@link #attach} gave the sandbox. */
  Optional<Attachment> attachment(String sandboxId);

  /** All that are attached, those of a former life of this process included. */
  List<Attachment> attachments();

  /** Takes interface and address back; a sandbox that has none is fine, a gone namespace too. */
  void detach(String sandboxId);

  /** Detaches all but the given sandboxes: for after a restart. */
  void retain(Set<String> sandboxIds);

  /**
   * Looks at the kernel and says what is wrong, each a sentence for people; empty if all is well.
   */
  List<String> problems();

  /** Makes again what is missing, as {@link #problems} finds it; pods stay connected. */
  void repair();

  /** Gives back what this object holds; pods stay connected. */
  @Override
  void close();

  /** Detaches everything and leaves no link, rule or file; then closes. */
  void delete();

  /**
   * Who is to be connected.
   *
   * @param networkNamespace the file that pins its network namespace
   * @param hostPorts the ports of the node that shall lead to it
   */
  record Sandbox(
      String id,
      Path networkNamespace,
      String podNamespace,
      String podName,
      List<HostPort> hostPorts) {
    public Sandbox {
      hostPorts = List.copyOf(hostPorts);
    }

    /** A sandbox without ports of the node. */
    public Sandbox(String id, Path networkNamespace, String podNamespace, String podName) {
      this(id, networkNamespace, podNamespace, podName, List.of());
    }
  }
}
