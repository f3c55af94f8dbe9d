package io.tiphys.node.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tiphys.linux.FileTree;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.ImageSpec;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.engine.fixture.OciImageBuilder;
import io.tiphys.node.engine.fixture.TarWriter;
import io.tiphys.node.engine.fixture.TestEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever breaks inside, each method of CRI's services fails with a CriException. */
class FailureContractTest {
  @TempDir private Path folder;

  static List<RuntimeException> causes() {
    return List.of(
        new UncheckedIOException("why", new IOException("No space left on device")),
        new LinuxFailure("mount /a on /b", 16),
        new IllegalStateException("broken"),
        new NullPointerException("nobody foresaw it"));
  }

  /** A service that only ever fails. */
  private static <T> T broken(Class<T> contract, RuntimeException cause) {
    return contract.cast(
        Proxy.newProxyInstance(
            contract.getClassLoader(),
            new Class<?>[] {contract},
            (_, _, _) -> {
              throw cause;
            }));
  }

  private static Throwable call(Method method, Object on) {
    Object[] arguments =
        Stream.of(method.getParameterTypes())
            .map(type -> type == int.class ? (Object) 1 : null)
            .toArray();
    return catchThrowable(
        () -> {
          try {
            method.invoke(on, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  private static List<String> leaks(Class<?> contract, Object guarded) {
    List<String> leaks = new ArrayList<>();
    for (Method method : contract.getMethods()) {
      Throwable thrown = call(method, guarded);
      if (!(thrown instanceof CriException)) {
        leaks.add(method.getName() + ": " + thrown);
      }
    }
    return leaks;
  }

  @ParameterizedTest
  @MethodSource("causes")
  void everyMethodOfTheServicesAndOfWhatTheyOpenFailsInWordsOfCri(RuntimeException cause) {
    assertThat(
            leaks(RuntimeService.class, new ContractRuntime(broken(RuntimeService.class, cause))))
        .isEmpty();
    assertThat(leaks(ImageService.class, new ContractImages(broken(ImageService.class, cause))))
        .isEmpty();
    assertThat(
            leaks(
                StreamingSession.class, new ContractSession(broken(StreamingSession.class, cause))))
        .isEmpty();
    assertThat(
            leaks(
                PortConnection.class, new ContractConnection(broken(PortConnection.class, cause))))
        .isEmpty();
  }

  @Test
  void whatARuntimeOpensIsGuardedAsWell() {
    RuntimeService opens =
        (RuntimeService)
            Proxy.newProxyInstance(
                RuntimeService.class.getClassLoader(),
                new Class<?>[] {RuntimeService.class},
                (_, method, _) ->
                    broken(method.getReturnType(), new IllegalStateException("broken")));
    RuntimeService guarded = new ContractRuntime(opens);
    StdioOptions stdio = new StdioOptions(false, true, true, false);
    List<AutoCloseable> opened =
        List.of(
            guarded.exec("c", List.of("true"), stdio),
            guarded.attach("c", stdio),
            guarded.portForward("s", 80));
    assertThat(opened)
        .allSatisfy(each -> assertThatThrownBy(each::close).isInstanceOf(CriException.class));
  }

  @Test
  void theWordsOfDiskAndKernelAreKept() {
    List<String> messages =
        causes().stream().map(cause -> Failures.of(cause).getMessage()).toList();
    assertThat(messages.get(0)).contains("No space left on device");
    assertThat(messages.get(1)).startsWith("mount /a on /b: ");
    CriException known = CriException.notFound("container \"c\" not found");
    assertThat(Failures.of(known)).isSameAs(known);
  }

  @Test
  void anEngineWhoseDiskWasTakenAwayFailsInWordsOfCri() throws Exception {
    Path archive =
        OciImageBuilder.named("example.com/a:1")
            .layer(new TarWriter().file("a", "1"))
            .writeOciArchive(folder.resolve("a.tar"));
    Path root = folder.resolve("engine");
    try (Engine engine = TestEngine.open(root)) {
      engine.loadImages(archive, null);
      FileTree.delete(root.resolve("images"));
      Files.createFile(root.resolve("images"));
      assertThatThrownBy(() -> engine.images().removeImage(ImageSpec.of("example.com/a:1")))
          .isInstanceOf(CriException.class);
    }
  }
}
