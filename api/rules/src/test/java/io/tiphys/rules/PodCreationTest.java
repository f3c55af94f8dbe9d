package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.plain;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.meta.v1.LabelSelectorRequirement;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a new pod is given and loses, by the rarer rules. */
class PodCreationTest {
  @Test
  void labelKeysBecomePartOfTheSelectors() {
    Pod pod =
        created(
            CoreV1.PODS,
            "{'metadata':{'labels':{'a':'1','b':'2'}},'spec':{'topologySpreadConstraints':"
                + "[{'matchLabelKeys':['a','none'],'labelSelector':{}}],'affinity':{'podAffinity':"
                + "{'requiredDuringSchedulingIgnoredDuringExecution':[{'matchLabelKeys':['a'],"
                + "'mismatchLabelKeys':['b'],'labelSelector':{}},{'matchLabelKeys':['a']}]}}}}");
    var in = new LabelSelectorRequirement("a", "In", List.of("1"));
    var notIn = new LabelSelectorRequirement("b", "NotIn", List.of("2"));
    var spread = pod.spec().topologySpreadConstraints().getFirst().labelSelector();
    assertThat(Objects.requireNonNull(spread).matchExpressions()).containsExactly(in);
    var terms =
        Objects.requireNonNull(Objects.requireNonNull(pod.spec().affinity()).podAffinity())
            .requiredDuringSchedulingIgnoredDuringExecution();
    assertThat(Objects.requireNonNull(terms.getFirst().labelSelector()).matchExpressions())
        .containsExactly(in, notIn);
    assertThat(terms.getLast().labelSelector()).isNull();
  }

  @Test
  void anAnnotationOfAppArmorFillsTheFieldAndIsWarnedOf() {
    String json =
        "{'metadata':{'annotations':{'container.apparmor.security.beta.kubernetes.io/c':"
            + "'localhost/x','container.apparmor.security.beta.kubernetes.io/d':"
            + "'runtime/default'}},'spec':{'securityContext':{'appArmorProfile':{'type':"
            + "'RuntimeDefault'}},'containers':[{'name':'c'},{'name':'d'}]}}";
    Pod pod = created(CoreV1.PODS, json);
    SecurityContext filled = pod.spec().containers().getFirst().securityContext();
    assertThat(Objects.requireNonNull(Objects.requireNonNull(filled).appArmorProfile()).type())
        .isEqualTo("Localhost");
    assertThat(pod.spec().containers().getLast().securityContext()).isNull();
    assertThat(Rules.of(CoreV1.PODS).warningsBeforeCreate(plain(CoreV1.PODS, json)))
        .containsExactly(
            "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated"
                + " since v1.30; use the \"appArmorProfile\" field instead");
  }

  @Test
  void fieldsBehindClosedGatesAreDroppedFromPodsAndTemplates() {
    String spec =
        "{'schedulingGroup':{'podGroupName':'g'},'containers':[{'name':'c','lifecycle':"
            + "{'stopSignal':'SIGTERM'}}]}";
    Pod pod = created(CoreV1.PODS, "{'spec':" + spec + "}");
    assertThat(pod.spec().schedulingGroup()).isNull();
    assertThat(pod.spec().containers().getFirst().lifecycle()).isNull();
    var template =
        created(AppsV1.DEPLOYMENTS, "{'spec':{'template':{'spec':" + spec + "}}}")
            .spec()
            .template();
    assertThat(template.spec().containers().getFirst().lifecycle()).isNull();
  }

  @Test
  void whatAPodAsksForAsAWholeIsFilledAndDecidesItsQuality() {
    Pod pod =
        created(
            CoreV1.PODS,
            "{'spec':{'resources':{'limits':{'cpu':'2','memory':'1Gi'}},'containers':[{'name':'c',"
                + "'resources':{'requests':{'cpu':'1'}}}]}}");
    assertThat(Objects.requireNonNull(pod.spec().resources()).requests().toString())
        .isEqualTo("{cpu=1, memory=1Gi}");
    assertThat(pod.status().qosClass()).isEqualTo("Burstable");
    assertThat(
            created(
                    CoreV1.PODS,
                    "{'spec':{'resources':{'limits':{'cpu':'2','memory':'1Gi'}},'containers':"
                        + "[{'name':'c'}]}}")
                .status()
                .qosClass())
        .isEqualTo("Guaranteed");
  }
}
