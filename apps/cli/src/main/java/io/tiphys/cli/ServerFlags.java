package io.tiphys.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** The flags of kube-apiserver that a cluster was given. */
public final class ServerFlags {
  private final Map<ServerFlag, List<String>> given = new EnumMap<>(ServerFlag.class);

  /** The flags of these words alone. */
  public static ServerFlags of(String... words) {
    ServerFlags flags = new ServerFlags();
    CommandSpec command = CommandSpec.create();
    flags.addTo(command);
    new CommandLine(command).parseArgs(words);
    return flags;
  }

  /** Has a command understand them. */
  void addTo(CommandSpec command) {
    for (ServerFlag flag : ServerFlag.values()) {
      command.addOption(option(flag));
    }
  }

  private OptionSpec option(ServerFlag flag) {
    OptionSpec.Builder option =
        OptionSpec.builder(flag.text())
            .description(flag.description())
            .paramLabel(flag.kind().label())
            .hasInitialValue(false)
            .setter(
                new ISetter() {
                  @Override
                  public <T> @Nullable T set(T value) {
                    take(flag, value);
                    return null;
                  }
                });
    if (flag.kind() == ServerFlag.Kind.TRUTH) {
      option.arity("0..1").fallbackValue("true");
    }
    if (flag.kind().repeats()) {
      option.type(List.class).auxiliaryTypes(String.class);
      option.splitRegex(flag.kind() == ServerFlag.Kind.LIST ? "," : "");
    } else {
      option.type(String.class).converters(value -> checked(flag, value));
    }
    return option.build();
  }

  private static String checked(ServerFlag flag, String value) {
    if (!flag.kind().takes(value)) {
      throw new TypeConversionException(
          "%s is %s; it must be %s".formatted(flag.text(), value, flag.kind().words()));
    }
    return value;
  }

  private void take(ServerFlag flag, @Nullable Object value) {
    switch (value) {
      case null -> given.remove(flag);
      case Collection<?> several -> given.put(flag, several.stream().map(String::valueOf).toList());
      default -> given.put(flag, List.of(String.valueOf(value)));
    }
  }

  public boolean has(ServerFlag flag) {
    return given.containsKey(flag);
  }

  /** The value, or what holds without one. */
  public String text(ServerFlag flag) {
    List<String> values = given.get(flag);
    return values == null || values.isEmpty() ? flag.standard() : values.getLast();
  }

  public long number(ServerFlag flag) {
    return Long.parseLong(text(flag));
  }

  public double fraction(ServerFlag flag) {
    return Double.parseDouble(text(flag));
  }

  public boolean truth(ServerFlag flag) {
    return switch (text(flag)) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      default -> false;
    };
  }

  /** Null when the flag is not given, or empty. */
  public @Nullable Path file(ServerFlag flag) {
    String text = text(flag);
    return text.isEmpty() ? null : Path.of(text);
  }

  /** All values, in order; what holds without the flag when there is none. */
  public List<String> texts(ServerFlag flag) {
    List<String> values = given.get(flag);
    if (values != null) {
      return values;
    }
    return flag.standard().isEmpty() ? List.of() : List.of(flag.standard().split(",", -1));
  }

  /** The same flags as words of a command line, from any folder. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    given.forEach(
        (flag, values) ->
            values.forEach(value -> words.add(flag.text() + "=" + word(flag, value))));
    return words;
  }

  private static String word(ServerFlag flag, String value) {
    boolean file = flag.kind().isFile() && !value.isEmpty() && !value.equals("-");
    return file ? Path.of(value).toAbsolutePath().toString() : value;
  }
}
