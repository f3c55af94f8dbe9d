package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.meta.Quantity;
import java.util.Map;
import java.util.TreeMap;

/**
 * An amount of everything a node can give away.
 *
 * @param milliCpu thousandths of a core
 * @param memory bytes
 * @param ephemeralStorage bytes
 * @param other extended resources and huge pages by name, in whole units
 */
record Resources(long milliCpu, long memory, long ephemeralStorage, Map<String, Long> other) {
  static final Resources NONE = new Resources(0, 0, 0, Map.of());

  /** What upstream counts for a container without a request when it scores nodes. */
  private static final long DEFAULT_MILLI_CPU = 100;

  private static final long DEFAULT_MEMORY = 200L * 1024 * 1024;

  static Resources of(Map<String, Quantity> quantities) {
    if (quantities.isEmpty()) {
      return NONE;
    }
    long milliCpu = 0;
    long memory = 0;
    long ephemeralStorage = 0;
    Map<String, Long> other = new TreeMap<>();
    for (Map.Entry<String, Quantity> entry : quantities.entrySet()) {
      switch (entry.getKey()) {
        case "cpu" -> milliCpu = entry.getValue().milliValue();
        case "memory" -> memory = entry.getValue().value();
        case "ephemeral-storage" -> ephemeralStorage = entry.getValue().value();
        case "pods" -> {} // counted as pods, not as an amount
        default -> other.put(entry.getKey(), entry.getValue().value());
      }
    }
    return new Resources(milliCpu, memory, ephemeralStorage, other);
  }

  /**
   * What a pod asks for: its containers and sidecars together, or the largest moment of its
   * initialisation if that is more, plus its overhead. Checked against upstream's
   * component-helpers/resource/helpers.go.
   */
  static Resources requestedBy(PodSpec pod) {
    return sum(pod, false);
  }

  /** The same with a default for containers that ask for nothing, as scoring wants it. */
  static Resources weighedFor(PodSpec pod) {
    return sum(pod, true);
  }

  private static Resources sum(PodSpec pod, boolean defaults) {
    Resources running = NONE;
    for (Container container : pod.containers()) {
      running = running.plus(requests(container, defaults));
    }
    Resources sidecars = NONE;
    Resources initialising = NONE;
    for (Container container : pod.initContainers()) {
      Resources asked = requests(container, defaults);
      if ("Always".equals(container.restartPolicy())) {
        sidecars = sidecars.plus(asked);
        initialising = initialising.max(sidecars);
      } else {
        initialising = initialising.max(sidecars.plus(asked));
      }
    }
    return running.plus(sidecars).max(initialising).plus(of(pod.overhead()));
  }

  private static Resources requests(Container container, boolean defaults) {
    Map<String, Quantity> asked = container.resources().requests();
    Resources resources = of(asked);
    return defaults
        ? new Resources(
            asked.containsKey("cpu") ? resources.milliCpu : DEFAULT_MILLI_CPU,
            asked.containsKey("memory") ? resources.memory : DEFAULT_MEMORY,
            resources.ephemeralStorage,
            resources.other)
        : resources;
  }

  Resources plus(Resources more) {
    return new Resources(
        milliCpu + more.milliCpu,
        memory + more.memory,
        ephemeralStorage + more.ephemeralStorage,
        merge(other, more.other, 1));
  }

  Resources minus(Resources less) {
    return new Resources(
        milliCpu - less.milliCpu,
        memory - less.memory,
        ephemeralStorage - less.ephemeralStorage,
        merge(other, less.other, -1));
  }

  private Resources max(Resources that) {
    Map<String, Long> largest = other;
    if (!that.other.isEmpty()) {
      largest = new TreeMap<>(other);
      for (Map.Entry<String, Long> entry : that.other.entrySet()) {
        largest.merge(entry.getKey(), entry.getValue(), Math::max);
      }
    }
    return new Resources(
        Math.max(milliCpu, that.milliCpu),
        Math.max(memory, that.memory),
        Math.max(ephemeralStorage, that.ephemeralStorage),
        largest);
  }

  private static Map<String, Long> merge(Map<String, Long> a, Map<String, Long> b, int sign) {
    if (b.isEmpty()) {
      return a;
    }
    Map<String, Long> sum = new TreeMap<>(a);
    b.forEach((name, amount) -> sum.merge(name, sign * amount, Long::sum));
    return sum;
  }
}
