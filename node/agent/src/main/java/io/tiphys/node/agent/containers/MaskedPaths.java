package io.tiphys.node.agent.containers;

import io.tiphys.base.machine.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of the kernel's own files containers do not see: they would learn of the machine, or of
 * others on it. Checked against pkg/securitycontext/util.go.
 */
final class MaskedPaths {
  private static final List<String> EVERYWHERE =
      List.of(
          "/proc/asound",
          "/proc/acpi",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/sys/firmware",
          "/sys/devices/virtual/powercap");

  private static final String PROCESSORS = "/sys/devices/system/cpu";

  /** A processor or a range of them, as the kernel lists those that may be plugged in. */
  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  private MaskedPaths() {}

  /**
   * Those of a machine.
   *
   * @param root where its file system begins
   */
  static List<String> of(Disk disk, Path root) {
    List<String> paths = new ArrayList<>(EVERYWHERE);
    Path processors = root.resolve(PROCESSORS.substring(1));
    for (int processor : possible(disk, processors.resolve("possible"))) {
      String throttling = "cpu" + processor + "/thermal_throttle";
      if (disk.exists(processors.resolve(throttling))) {
        paths.add(PROCESSORS + "/" + throttling);
      }
    }
    return List.copyOf(paths);
  }

  private static List<Integer> possible(Disk disk, Path list) {
    List<Integer> numbers = new ArrayList<>();
    try {
      Matcher ranges = RANGE.matcher(disk.readString(list));
      while (ranges.find()) {
        int first = Integer.parseInt(ranges.group(1));
        int last = ranges.group(2) == null ? first : Integer.parseInt(ranges.group(2));
        for (int number = first; number <= last; number++) {
          numbers.add(number);
        }
      }
    } catch (IOException e) {
      return List.of(); // a kernel that lists no processors shows nothing of them either
    }
    return numbers;
  }
}
