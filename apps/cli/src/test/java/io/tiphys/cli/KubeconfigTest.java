package io.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubeconfigTest {
  private static final String OTHERS =
      """
      apiVersion: v1
      kind: Config
      preferences: {colors: true}
      current-context: work
      clusters:
      - name: work
        cluster: {server: "https://work"}
      users:
      - name: me
        user: {token: secret}
      contexts:
      - name: work
        context: {cluster: work, user: me, namespace: mine}
      """;

  private static final Json.Obj OURS =
      Kubeconfig.document(
          "tiphys", "https://127.0.0.1:1", new Kubeconfig.Credentials("Y2E=", "Y2VydA==", "a2V5"));

  @TempDir private Path folder;

  @Test
  void entriesOfOthersStayWhenOursComesAndGoes() throws IOException {
    Path file = Files.writeString(folder.resolve("config"), OTHERS);
    Json.Obj before = Kubeconfig.read(file);

    Kubeconfig.merge(file, "tiphys", OURS);
    Kubeconfig.merge(file, "tiphys", OURS);
    Json.Obj merged = Kubeconfig.read(file);
    Kubeconfig.remove(file, "tiphys");

    assertThat(merged.get("current-context")).isEqualTo(new Json.Str("tiphys"));
    assertThat(merged.get("clusters"))
        .isInstanceOfSatisfying(Json.Arr.class, all -> assertThat(all.elements()).hasSize(2));
    assertThat(Kubeconfig.read(file)).isEqualTo(before.with("current-context", new Json.Str("")));
  }

  @Test
  void aFileWithoutOurEntriesIsNotTouched() throws IOException {
    String commented = "# mine\n" + OTHERS;
    Path file = Files.writeString(folder.resolve("config"), commented);

    Kubeconfig.remove(file, "tiphys");
    Kubeconfig.unsetCurrent(file, "tiphys");

    assertThat(file).hasContent(commented);
  }

  @Test
  void aNewFileIsReadableByItsOwnerAlone() throws IOException {
    Path file = folder.resolve("new/config");

    Kubeconfig.merge(file, "tiphys", OURS);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Kubeconfig.read(file)).isEqualTo(OURS);
  }

  @Test
  void whatIsNoKubeconfigIsLeftAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("config"), "just words");

    assertThatThrownBy(() -> Kubeconfig.merge(file, "tiphys", OURS))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("is not a kubeconfig");
    assertThat(file).hasContent("just words");
  }

  @Test
  void theFileIsChosenAsKubectlDoes() throws IOException {
    Path second = Files.createFile(folder.resolve("second"));
    Path absent = folder.resolve("absent");

    assertThat(Kubeconfig.userFile(Map.of("HOME", "/home/me")))
        .isEqualTo(Path.of("/home/me/.kube/config"));
    assertThat(Kubeconfig.userFile(Map.of("KUBECONFIG", absent + ":" + second))).isEqualTo(second);
    assertThat(Kubeconfig.userFile(Map.of("KUBECONFIG", folder.resolve("x") + ":" + absent)))
        .isEqualTo(absent);
    assertThat(Kubeconfig.userFiles(Map.of("KUBECONFIG", absent + "::" + second)))
        .containsExactly(absent, second);
  }
}
