package io.tiphys.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How sources look. */
class TidyTest {
  private static final int LONGEST_FILE = 500;
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
  private static final Pattern CLASS_NAME = Pattern.compile("`([A-Z][a-z]+[A-Z]?[A-Za-z]+)`");
  private static final Pattern SHAPELESS =
      Pattern.compile("/(util|utils|common|helper|helpers|impl|misc)/");

  @Test
  void everySourceIsFormatted() {
    List<Path> crooked =
        SourceTree.javaFiles().parallelStream().filter(file -> !formatted(file)).toList();

    assertThat(crooked).as("files to format with: ./dev format").isEmpty();
  }

  @Test
  void noSourceIsLong() {
    List<String> longOnes = new ArrayList<>();
    for (Path file : SourceTree.javaFiles()) {
      long lines = SourceTree.read(file).lines().count();
      if (lines > LONGEST_FILE && file.toString().contains("/src/main/")) {
        longOnes.add(file + ": " + lines);
      }
    }

    assertThat(longOnes).as("files over %d lines hold two concerns", LONGEST_FILE).isEmpty();
  }

  @Test
  void nothingIsLeftUnfinished() {
    assertThat(SourceTree.javaFiles())
        .filteredOn(file -> UNFINISHED.matcher(SourceTree.read(file)).find())
        .as("unfinished work belongs in an issue, not in a comment")
        .isEmpty();
  }

  @Test
  void packagesAreNamedByWhatTheyHold() {
    assertThat(SourceTree.javaFiles())
        .filteredOn(file -> SHAPELESS.matcher(file.toString()).find())
        .isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIs() {
    assertThat(SourceTree.javaFiles())
        .filteredOn(file -> file.toString().contains("/src/main/java/"))
        .filteredOn(file -> !Files.exists(file.resolveSibling("package-info.java")))
        .as("sources in packages without package-info.java")
        .isEmpty();
  }

  @Test
  void everyModuleHasAReadme() {
    assertThat(SourceTree.modules())
        .filteredOn(module -> !Files.exists(module.resolve("README.md")))
        .isEmpty();
  }

  @Test
  void theArchitecturePageNamesClassesThatExist() {
    Set<String> known = new HashSet<>();
    for (Path file : SourceTree.javaFiles()) {
      known.add(String.valueOf(file.getFileName()).replace(".java", ""));
    }
    Matcher names =
        CLASS_NAME.matcher(SourceTree.read(SourceTree.root().resolve("ARCHITECTURE.md")));
    List<String> missing = new ArrayList<>();
    while (names.find()) {
      if (!known.contains(names.group(1))) {
        missing.add(names.group(1));
      }
    }

    assertThat(missing).isEmpty();
  }

  private static boolean formatted(Path file) {
    String source = SourceTree.read(file);
    try {
      return new Formatter().formatSourceAndFixImports(source).equals(source);
    } catch (FormatterException e) {
      throw new IllegalStateException(file + " does not parse", e);
    }
  }
}
