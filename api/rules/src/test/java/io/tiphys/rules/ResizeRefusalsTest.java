package io.tiphys.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may be written to {@code resize}, in the words of ValidatePodResize. */
class ResizeRefusalsTest {
  private static final String ONLY = "spec: Forbidden: only cpu and memory resources are mutable";

  private static final UpdateRules<Pod> RESIZE =
      Objects.requireNonNull(Rules.of(CoreV1.PODS).subresources().get("resize"));

  private static Arguments row(String old, String now, String... messages) {
    return Arguments.of(old, now, messages);
  }

  private static String cpu(String cpu) {
    return container("'resources':{'requests':{'cpu':'" + cpu + "'}}");
  }

  private static String container(String more) {
    return "'containers':[{'name':'c','image':'i'," + more + "}]";
  }

  private static String init(String more) {
    return cpu("1") + ",'initContainers':[{'name':'s','image':'i'," + more + "}]";
  }

  static Stream<Arguments> containers() {
    return Stream.of(
        row(cpu("1"), cpu("2")),
        row(cpu("1"), container("'resources':{'requests':{'cpu':'1','memory':'1Gi'}}")),
        row(
            cpu("1"),
            cpu("1").replace("'name':'c'", "'name':'d'"),
            "spec.containers[0].name: Forbidden: containers may not be renamed or reordered on"
                + " resize"),
        row(
            cpu("1"),
            cpu("1").replace("}]", "},{'name':'d','image':'i'}]"),
            "spec.containers: Forbidden: containers may not be added or removed on resize"),
        row(
            container("'resources':{'requests':{'cpu':'1','memory':'1Gi'}}"),
            cpu("1"),
            "spec.containers[0].resources.requests: Forbidden: resource requests cannot be"
                + " removed"),
        row(
            container("'resources':{'requests':{'cpu':'1'},'limits':{'cpu':'2'}}"),
            cpu("1"),
            "spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed"),
        row(
            cpu("1"),
            container("'resources':{'requests':{'cpu':'1','ephemeral-storage':'1Gi'}}"),
            ONLY),
        row(
            container("'resources':{'requests':{'cpu':'1'},'limits':{'cpu':'1'}}"),
            container("'resources':{'requests':{'cpu':'1'},'limits':{'cpu':'2'}}")),
        row(
            container(
                "'resources':{'requests':{'cpu':'1','memory':'1'},'limits':{'cpu':'1',"
                    + "'memory':'1'}}"),
            container(
                "'resources':{'requests':{'cpu':'1','memory':'1'},'limits':{'cpu':'2',"
                    + "'memory':'1'}}"),
            "spec: Invalid value: \"Guaranteed\": Pod QOS Class may not change as a result of"
                + " resizing"),
        row(
            cpu("1"),
            container(
                "'resources':{'requests':{'cpu':'1'}},'resizePolicy':[{'resourceName':'cpu',"
                    + "'restartPolicy':'RestartContainer'}]"),
            ONLY));
  }

  static Stream<Arguments> initContainers() {
    String one = "'resources':{'requests':{'cpu':'1'}}";
    String two = "'resources':{'requests':{'cpu':'2'}}";
    String sidecar = ",'restartPolicy':'Always'";
    return Stream.of(
        row(init(one), init(two)),
        row(init(one + sidecar), init(two + sidecar)),
        row(
            init(one + sidecar),
            init("'resources':{'requests':{'cpu':'1','ephemeral-storage':'1'}}" + sidecar),
            "spec.initContainers[0]: Forbidden: only cpu and memory resources for init or sidecar"
                + " containers are mutable"));
  }

  static Stream<Arguments> podLevel() {
    String one = cpu("1") + ",'resources':{'requests':{'cpu':'2'}}";
    return Stream.of(
        row(one, one.replace("'cpu':'2'", "'cpu':'3'")),
        row(cpu("1"), one),
        row(one, cpu("1"), "spec.resources: Forbidden: pod-level resources cannot be removed"),
        row(
            one.replace("'cpu':'2'", "'cpu':'2','memory':'1Gi'"),
            one,
            "spec.resources.requests: Forbidden: pod-level resource requests cannot be removed"),
        row(
            one.replace(
                "'cpu':'2'", "'cpu':'2','hugepages-2Mi':'2Mi'},'limits':{'hugepages-2Mi':'2Mi'"),
            one.replace(
                "'cpu':'2'", "'cpu':'2','hugepages-2Mi':'4Mi'},'limits':{'hugepages-2Mi':'4Mi'"),
            "spec: Forbidden: only cpu and memory resources are mutable at pod-level"));
  }

  @ParameterizedTest
  @MethodSource({"containers", "initContainers", "podLevel"})
  void whatIsWrongIsSaid(String old, String now, String... messages) {
    assertThat(errors("{'spec':{" + old + "}}", "{'spec':{" + now + "}}"))
        .containsExactly(messages);
  }

  private static List<String> errors(String old, String now) {
    Pod before = Written.created(CoreV1.PODS, old);
    return errors(before, now);
  }

  private static List<String> errors(Pod before, String now) {
    Pod written = Written.defaulted(CoreV1.PODS, now);
    Pod after = RESIZE.prepareForUpdate(written, before, Written.CONTEXT);
    return RESIZE.validateUpdate(after, before).stream().map(FieldError::message).toList();
  }

  @Test
  void staticAndWindowsPodsStayAsTheyAre() {
    String mirror =
        "{'metadata':{'annotations':{'kubernetes.io/config.mirror':'x'}},'spec':{"
            + cpu("1")
            + "}}";
    assertThat(errors(mirror, mirror))
        .containsExactly("[]: Forbidden: static pods cannot be resized");
    String windows = "{'spec':{'os':{'name':'windows'}," + cpu("1") + "}}";
    assertThat(errors(windows, windows))
        .containsExactly("[]: Forbidden: windows pods cannot be resized");
  }

  @Test
  void aNodeThatDoesNotSayWhatContainersHaveCannotChangeIt() {
    Pod old = Written.created(CoreV1.PODS, "{'spec':{" + cpu("1") + "}}");
    String running =
        "{'status':{'qosClass':'Burstable','containerStatuses':[{'name':'c','state':{'running':"
            + "{}}%s}]}}";
    Pod told = Written.plain(CoreV1.PODS, running.formatted(",'resources':{}"));
    Pod untold = Written.plain(CoreV1.PODS, running.formatted(""));
    String now = "{'spec':{" + cpu("2") + "}}";
    assertThat(errors(old.withStatus(told.status()), now)).isEmpty();
    assertThat(errors(old.withStatus(untold.status()), now))
        .containsExactly("spec: Forbidden: Pod running on node without support for resize");
  }

  @Test
  void nothingElseChangesThroughTheSubresource() {
    Pod before =
        Written.created(CoreV1.PODS, "{'metadata':{'labels':{'a':'b'}},'spec':{" + cpu("1") + "}}");
    Pod written =
        Written.defaulted(
            CoreV1.PODS,
            "{'metadata':{'labels':{'a':'x'}},'spec':{'priority':7,"
                + cpu("2").replace("'image':'i'", "'image':'j'")
                + "},'status':{'phase':'Failed'}}");
    Pod after = RESIZE.prepareForUpdate(written, before, Written.CONTEXT);
    assertThat(after.metadata().labels()).containsEntry("a", "b");
    assertThat(after.metadata().generation()).isEqualTo(2);
    assertThat(after.status()).isEqualTo(before.status());
    assertThat(after.spec().priority()).isNull();
    assertThat(after.spec().containers().getFirst())
        .isEqualTo(
            before
                .spec()
                .containers()
                .getFirst()
                .withResources(written.spec().containers().getFirst().resources()));
  }
}
