package io.tiphys.rules;

import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import java.util.Set;

/**
 * The names of what containers use, nodes have and quotas limit. Checked against
 * pkg/apis/core/helper/helpers.go and validateResourceName and its like.
 */
public final class ResourceNames {
  private static final Set<String> OF_CONTAINERS = Set.of("cpu", "memory", "ephemeral-storage");

  /** Things that are counted. */
  private static final Set<String> COUNTED =
      Set.of(
          "pods",
          "resourcequotas",
          "services",
          "replicationcontrollers",
          "secrets",
          "configmaps",
          "persistentvolumeclaims",
          "services.nodeports",
          "services.loadbalancers");

  /** What quotas say of things that are measured. */
  private static final Set<String> MEASURED =
      Set.of(
          "requests.cpu",
          "requests.memory",
          "requests.storage",
          "requests.ephemeral-storage",
          "limits.cpu",
          "limits.memory",
          "limits.ephemeral-storage");

  private static final String HUGE_PAGES = "hugepages-";
  private static final String REQUESTS = "requests.";

  private ResourceNames() {}

  public static boolean isHugePages(String name) {
    return name.startsWith(HUGE_PAGES);
  }

  /** The size of the pages, as the name of huge pages tells it. */
  public static String pageSize(String name) {
    return name.substring(HUGE_PAGES.length());
  }

  /** Whether Kubernetes itself knows what it is. */
  public static boolean isNative(String name) {
    return !name.contains("/") || name.contains("kubernetes.io/");
  }

  /** Whether it is something that others define and nodes have a number of. */
  public static boolean isExtended(String name) {
    return !isNative(name)
        && !name.startsWith(REQUESTS)
        && Names.qualifiedName(REQUESTS + name).isEmpty();
  }

  /** Whether limits may be more than what is asked for. */
  public static boolean overcommits(String name) {
    return isNative(name) && !isHugePages(name);
  }

  private static boolean isOfContainers(String name) {
    return OF_CONTAINERS.contains(name) || isHugePages(name);
  }

  /** Whether a quota can limit it without being told what it is. */
  public static boolean isOfQuotas(String name) {
    return isOfContainers(name)
        || COUNTED.contains(name)
        || MEASURED.contains(name)
        || name.startsWith(REQUESTS + HUGE_PAGES);
  }

  /**
   * A name that any resource may have.
   *
   * @return whether nothing is wrong with it
   */
  public static boolean check(Checks checks, String name, FieldPath path) {
    int before = checks.errors().size();
    checks.each(path, name, Names.qualifiedName(name));
    if (checks.errors().size() == before
        && !name.contains("/")
        && !isOfQuotas(name)
        && !name.equals("storage")) {
      checks.invalid(path, name, "must be a standard resource type or fully qualified");
    }
    return checks.errors().size() == before;
  }

  /** The name of what a container uses. */
  public static void ofContainer(Checks checks, String name, FieldPath path) {
    check(checks, name, path);
    if (!name.contains("/")) {
      if (!isOfContainers(name)) {
        checks.invalid(path, name, "must be a standard resource for containers");
      }
    } else if (!isNative(name) && !isExtended(name)) {
      checks.invalid(path, name, "doesn't follow extended resource name standard");
    }
  }

  /** The name of what a quota limits. */
  public static void ofQuota(Checks checks, String name, FieldPath path) {
    check(checks, name, path);
    if (!name.contains("/") && !isOfQuotas(name)) {
      checks.invalid(path, name, "must be a standard resource for quota");
    }
  }

  /**
   * An amount that is not negative and, of things that are counted, whole; checked against
   * ValidateResourceQuantityValue.
   */
  public static void amount(Checks checks, String name, Quantity amount, FieldPath path) {
    if (amount.signum() < 0) {
      checks.invalid(path, amount.toString(), "must be greater than or equal to 0");
    }
    if ((COUNTED.contains(name) || isExtended(name)) && !amount.isWhole()) {
      checks.invalid(path, amount.toString(), "must be an integer");
    }
  }
}
