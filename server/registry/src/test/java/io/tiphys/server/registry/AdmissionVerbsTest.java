package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.api.autoscaling.v1.Scale;
import io.tiphys.api.core.v1.Binding;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.policy.v1.Eviction;
import io.tiphys.codec.Json;
import io.tiphys.server.admission.AdmissionPlugin;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.Operation;
import io.tiphys.server.http.Request;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every verb but reading is admitted, before and after the rules, as upstream asks about it. */
class AdmissionVerbsTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String POD =
      json("{'metadata':{'name':'a'},'spec':{'containers':[{'name':'c','image':'i'}]}}");
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
  private static final String DEPLOYMENT =
      json(
          """
          {'metadata':{'name':'a'},'spec':{'selector':{'matchLabels':{'l':'v'}},
           'template':{'metadata':{'labels':{'l':'v'}},
                       'spec':{'containers':[{'name':'c','image':'i'}]}}}}
          """);

  private final Recording admission = new Recording();
  private final ApiServerFixture server = ApiServerFixture.admittedBy(admission).furnished();

  /** Remembers what admission is asked, and makes of it what a test wants. */
  private static final class Recording implements AdmissionPlugin {
    final List<AdmissionRequest> asked = new CopyOnWriteArrayList<>();
    final List<AdmissionRequest> validated = new CopyOnWriteArrayList<>();
    Function<AdmissionRequest, @Nullable ApiObject> mutation = AdmissionRequest::object;

    @Override
    public @Nullable ApiObject admit(AdmissionRequest request) {
      asked.add(request);
      return mutation.apply(request);
    }

    @Override
    public void validate(AdmissionRequest request) {
      validated.add(request);
    }
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void begin() {
    admission.asked.clear();
    admission.validated.clear();
  }

  /** The one request of which admission was asked: before the rules. Afterwards it was the same. */
  private AdmissionRequest only(Operation operation, String subresource) {
    assertThat(admission.asked).hasSize(1);
    assertThat(admission.validated).hasSize(1);
    for (AdmissionRequest each :
        List.of(admission.asked.getFirst(), admission.validated.getFirst())) {
      assertThat(each.operation()).isEqualTo(operation);
      assertThat(each.subresource()).isEqualTo(subresource);
      assertThat(each.namespace()).isEqualTo("default");
      assertThat(each.name()).isEqualTo("a");
      assertThat(each.user().name()).isEqualTo("admin");
    }
    return admission.asked.getFirst();
  }

  private static String text(Json.Obj tree) {
    return new String(Rendering.json(tree), java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void aCreationCarriesItsOptionsAsTheClientGaveThem() {
    begin();
    server.post(PODS + "?fieldManager=m&fieldValidation=Strict&dryRun=All", POD).expect(201);
    AdmissionRequest request = only(Operation.CREATE, "");
    assertThat(request.dryRun()).isTrue();
    assertThat(request.old()).isNull();
    assertThat(request.options())
        .isEqualTo(
            Json.parse(
                json("""
                {'kind':'CreateOptions','apiVersion':'meta.k8s.io/v1','dryRun':['All'],
                 'fieldManager':'m','fieldValidation':'Strict'}
                """)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void aPatchIsAnUpdateWithUpdateOptions() {
    server.post(PODS, POD).expect(201);
    begin();
    server.merge(PODS + "/a", json("{'metadata':{'labels':{'x':'y'}}}")).expect(200);
    AdmissionRequest request = only(Operation.UPDATE, "");
    assertThat(text(request.options()))
        .isEqualTo(json("{'kind':'UpdateOptions','apiVersion':'meta.k8s.io/v1'}"));
    assertThat(Objects.requireNonNull(request.old()).metadata().labels()).isEmpty();
    assertThat(Objects.requireNonNull(request.object()).metadata().labels())
        .containsEntry("x", "y");
  }

  @Test
  void anApplyThatFindsNothingIsACreationWithCreateOptions() {
    begin();
    String pod = POD.replaceFirst("\\{", json("{'apiVersion':'v1','kind':'Pod',"));
    server.apply(PODS + "/a?force=true", "m", pod).expect(201);
    AdmissionRequest request = only(Operation.CREATE, "");
    assertThat(text(request.options()))
        .isEqualTo(
            json("{'kind':'CreateOptions','apiVersion':'meta.k8s.io/v1','fieldManager':'m'}"));
  }

  @Test
  void anUpdateOfTheStatusIsAnUpdateOfThatSubresource() {
    server.post(PODS, POD).expect(201);
    begin();
    server.merge(PODS + "/a/status", json("{'status':{'phase':'Running'}}")).expect(200);
    assertThat(only(Operation.UPDATE, "status").object())
        .isInstanceOfSatisfying(
            Pod.class, pod -> assertThat(pod.status().phase()).isEqualTo("Running"));
  }

  @Test
  void aDeletionShowsWhatGoesAndItsOptions() {
    server.post(PODS, POD).expect(201);
    begin();
    String options = json("{'gracePeriodSeconds':0,'propagationPolicy':'Background'}");
    server.send("DELETE", PODS + "/a", options, Map.of()).expect(200);
    AdmissionRequest request = only(Operation.DELETE, "");
    assertThat(request.object()).isNull();
    assertThat(Objects.requireNonNull(request.old()).name()).isEqualTo("a");
    assertThat(request.options().get("kind")).isEqualTo(new Json.Str("DeleteOptions"));
    assertThat(request.options().get("gracePeriodSeconds")).isEqualTo(Json.of(0));
    assertThat(request.options().get("propagationPolicy")).isEqualTo(new Json.Str("Background"));
  }

  @Test
  void everyObjectOfACollectionIsAdmittedByItselfAndByNoName() {
    server.post(PODS, POD).expect(201);
    server.post(PODS, POD.replace(json("'a'"), json("'b'"))).expect(201);
    begin();
    server.delete(PODS).expect(200);
    for (List<AdmissionRequest> phase : List.of(admission.asked, admission.validated)) {
      assertThat(phase).extracting(AdmissionRequest::operation).containsOnly(Operation.DELETE);
      assertThat(phase).extracting(AdmissionRequest::name).containsOnly("");
      assertThat(phase)
          .extracting(each -> Objects.requireNonNull(each.old()).name())
          .containsExactly("a", "b");
    }
  }

  @Test
  void aBindingIsTheCreationOfABindingAndNothingElse() {
    server.post(PODS, POD).expect(201);
    begin();
    server
        .post(
            PODS + "/a/binding",
            json("{'metadata':{'name':'a'},'target':{'kind':'Node','name':'n'}}"))
        .expect(201);
    AdmissionRequest request = only(Operation.CREATE, "binding");
    assertThat(request.resource().plural()).isEqualTo("pods");
    assertThat(request.object()).isInstanceOf(Binding.class);
    assertThat(request.old()).isNull();
  }

  @Test
  void aPluginMayMakeABindingAnother() {
    server.post(PODS, POD).expect(201);
    admission.mutation =
        request ->
            request.object() instanceof Binding binding
                ? binding.withTarget(binding.target().withName("other"))
                : request.object();
    server
        .post(PODS + "/a/binding", json("{'metadata':{'name':'a'},'target':{'name':'n'}}"))
        .expect(201);
    assertThat(server.get(PODS + "/a").at("spec.nodeName")).isEqualTo("other");
  }

  @Test
  void theOldWayToBindIsTheCreationOfABindingOfItsOwn() {
    server.post(PODS, POD).expect(201);
    begin();
    server
        .post(
            "/api/v1/namespaces/default/bindings",
            json("{'metadata':{'name':'a'},'target':{'name':'n'}}"))
        .expect(201);
    AdmissionRequest request = only(Operation.CREATE, "");
    assertThat(request.resource().plural()).isEqualTo("bindings");
    assertThat(server.get(PODS + "/a").at("spec.nodeName")).isEqualTo("n");
  }

  @Test
  void anEvictionIsTheCreationOfAnEvictionAndNothingElse() {
    server.post(PODS, POD).expect(201);
    begin();
    server.post(PODS + "/a/eviction", json("{'metadata':{'name':'a'}}")).expect(201);
    assertThat(only(Operation.CREATE, "eviction").object()).isInstanceOf(Eviction.class);
    server.get(PODS + "/a").expect(404);
  }

  @Test
  void aTokenIsTheCreationOfARequestForIt() {
    begin();
    server
        .post("/api/v1/namespaces/default/serviceaccounts/a/token", json("{'spec':{}}"))
        .expect(404);
    assertThat(only(Operation.CREATE, "token").object()).isInstanceOf(TokenRequest.class);
  }

  @Test
  void aScaleIsTheUpdateOfAScaleAndNothingElse() {
    server.post(DEPLOYMENTS, DEPLOYMENT).expect(201);
    begin();
    server.merge(DEPLOYMENTS + "/a/scale", json("{'spec':{'replicas':3}}")).expect(200);
    AdmissionRequest before = only(Operation.UPDATE, "scale");
    for (AdmissionRequest each : List.of(before, admission.validated.getFirst())) {
      assertThat(each.resource().plural()).isEqualTo("deployments");
      assertThat(each.object())
          .isInstanceOfSatisfying(
              Scale.class, scale -> assertThat(scale.spec().replicas()).isEqualTo(3));
      assertThat(each.old())
          .isInstanceOfSatisfying(
              Scale.class, scale -> assertThat(scale.spec().replicas()).isEqualTo(1));
    }
  }

  @Test
  void aPluginMayMakeAScaleAnother() {
    server.post(DEPLOYMENTS, DEPLOYMENT).expect(201);
    admission.mutation =
        request ->
            request.object() instanceof Scale scale
                ? scale.withSpec(scale.spec().withReplicas(2))
                : request.object();
    Answered scaled =
        server.merge(DEPLOYMENTS + "/a/scale", json("{'spec':{'replicas':3}}")).expect(200);
    assertThat(scaled.at("spec.replicas")).isEqualTo("2");
    assertThat(server.get(DEPLOYMENTS + "/a").at("spec.replicas")).isEqualTo("2");
  }

  @Test
  void aConnectionIsAdmittedWithWhatIsAskedOfIt() throws InterruptedException {
    Request request = server.request("POST", PODS + "/a/exec", new byte[0], Map.of());
    begin();
    Json.Obj options =
        Json.Obj.builder()
            .put("kind", "PodExecOptions")
            .put("apiVersion", "v1")
            .put("command", new Json.Arr(List.of(Json.of("ls"))))
            .build();
    server.api.admitConnection(request, options);
    AdmissionRequest asked = only(Operation.CONNECT, "exec");
    assertThat(asked.object()).isNull();
    assertThat(asked.tree()).isEqualTo(options);
    assertThat(asked.options()).isEqualTo(Json.Obj.EMPTY);
  }

  @Test
  void whatTheRulesRefuseIsNeverShownToTheLastPhase() {
    begin();
    server.post(PODS, json("{'metadata':{'name':'a'},'spec':{}}")).expect(422);
    assertThat(admission.asked).hasSize(1);
    assertThat(admission.validated).isEmpty();
  }

  @Test
  void whatAPluginSaysReachesTheClient() {
    admission.mutation =
        request -> {
          request.notes().warn("mind the gap");
          return request.object();
        };
    assertThat(server.post(PODS, POD).expect(201).headers().get("Warning"))
        .isEqualTo("299 - \"mind the gap\"");
  }
}
