package io.tiphys.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoordinationV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.StorageV1;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever passes validation comes back unchanged from JSON and from protobuf: good objects with
 * fields added at random, where their schema has them.
 */
class RoundTripTest {
  private static final int TRIES = 400;

  /** So many of the tries must have made something good, or the test would show little. */
  private static final int GOOD = 40;

  private static final List<String> TEXTS =
      List.of(
          "a", "b-1", "Always", "Never", "IfNotPresent", "TCP", "x.io/y", "1", "None", "Retain");
  private static final String TEMPLATE =
      "'template':{'metadata':{'labels':{'a':'b'}},'spec':{%s'containers':[{'name':'c',"
          + "'image':'i'}]}}";
  private static final String SET =
      "{'spec':{'selector':{'matchLabels':{'a':'b'}}," + TEMPLATE.formatted("") + "}}";
  private static final String JOB =
      "'spec':{" + TEMPLATE.formatted("'restartPolicy':'Never',") + "}";
  private static final String CLAIM =
      "{'spec':{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1Gi'}}}}";

  private static Arguments row(Resource<?> resource, String object) {
    return Arguments.of(resource, object);
  }

  static Stream<Arguments> objects() {
    return Stream.of(
        row(CoreV1.PODS, "{'spec':{'containers':[{'name':'c','image':'i'}]}}"),
        row(CoreV1.PODTEMPLATES, "{" + TEMPLATE.formatted("") + "}"),
        row(CoreV1.REPLICATIONCONTROLLERS, "{'spec':{" + TEMPLATE.formatted("") + "}}"),
        row(AppsV1.DEPLOYMENTS, SET),
        row(AppsV1.REPLICASETS, SET),
        row(AppsV1.STATEFULSETS, SET),
        row(AppsV1.DAEMONSETS, SET),
        row(BatchV1.JOBS, "{'metadata':{'name':'j'}," + JOB + "}"),
        row(
            BatchV1.CRONJOBS,
            "{'metadata':{'name':'j'},'spec':{'schedule':'* * * * *','jobTemplate':{"
                + JOB
                + "}}}"),
        row(CoreV1.CONFIGMAPS, "{'data':{'k':'v'}}"),
        row(CoreV1.SECRETS, "{'data':{'k':'YQ=='}}"),
        row(CoreV1.SERVICEACCOUNTS, "{}"),
        row(CoreV1.NAMESPACES, "{'metadata':{'name':'n'}}"),
        row(CoreV1.NODES, "{'metadata':{'name':'n'}}"),
        row(CoreV1.ENDPOINTS, "{'subsets':[{'addresses':[{'ip':'10.0.0.1'}]}]}"),
        row(CoreV1.EVENTS, "{'metadata':{'namespace':'default'}}"),
        row(CoreV1.LIMITRANGES, "{'spec':{'limits':[{'type':'Container','max':{'cpu':'1'}}]}}"),
        row(CoreV1.RESOURCEQUOTAS, "{'spec':{'hard':{'pods':'1'}}}"),
        row(CoreV1.PERSISTENTVOLUMECLAIMS, CLAIM),
        row(
            CoreV1.PERSISTENTVOLUMES,
            "{'spec':{'accessModes':['ReadWriteOnce'],'capacity':{'storage':'1Gi'},'hostPath':"
                + "{'path':'/p'}}}"),
        row(StorageV1.STORAGECLASSES, "{'provisioner':'p'}"),
        row(SchedulingV1.PRIORITYCLASSES, "{'metadata':{'name':'p'},'value':1}"),
        row(CoordinationV1.LEASES, "{'spec':{'holderIdentity':'h'}}"),
        row(DiscoveryV1.ENDPOINTSLICES, "{'addressType':'IPv4','endpoints':[]}"),
        row(PolicyV1.PODDISRUPTIONBUDGETS, "{'spec':{'minAvailable':'50%'}}"),
        row(RbacV1.ROLES, "{'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['pods']}]}"),
        row(
            RbacV1.CLUSTERROLEBINDINGS,
            "{'roleRef':{'kind':'ClusterRole','name':'r'},'subjects':[]}"));
  }

  @ParameterizedTest
  @MethodSource("objects")
  <T extends ApiObject> void whatPassesComesBackUnchanged(Resource<T> resource, String object) {
    Json.Obj base = ObjectCodec.toTree(Written.plain(resource, object));
    ResourceRules<T> rules = Rules.of(resource);
    int good = 0;
    for (int seed = 0; seed < TRIES; seed++) {
      Growth growth = new Growth(new Random(seed));
      Json grown = growth.grown(base, resource.type().schema(), 0);
      T made;
      try {
        made = Written.created(resource, grown.text());
      } catch (CodecException _) {
        continue; // the text has no object
      }
      if (!rules.validate(made).isEmpty()) {
        continue;
      }
      good++;
      byte[] json = ObjectCodec.toJson(made);
      assertThat(ObjectCodec.fromJson(resource.type(), json)).as("seed %d", seed).isEqualTo(made);
      byte[] proto = ObjectCodec.toProto(made);
      assertThat(ObjectCodec.fromProto(resource.type(), proto)).as("seed %d", seed).isEqualTo(made);
      assertThat(ObjectCodec.toJson(ObjectCodec.fromProto(resource.type(), proto)))
          .as("seed %d", seed)
          .isEqualTo(json);
    }
    assertThat(good).as("good objects").isGreaterThan(GOOD);
  }

  /** Adds fields where a schema has them. */
  private record Growth(Random random) {
    private static final int DEPTH = 7;

    Json grown(Json.Obj base, Schema schema, int depth) {
      if (!(schema instanceof Schema.Struct struct)) {
        return base;
      }
      Map<String, Json> members = new TreeMap<>(base.members());
      for (Schema.Field field : struct.fields().values()) {
        Json present = members.get(field.name());
        Schema inner = field.schema().get();
        if (present instanceof Json.Obj object && inner instanceof Schema.Struct) {
          members.put(field.name(), grown(object, inner, depth + 1));
        } else if (present == null && random.nextInt(24) == 0 && depth < DEPTH) {
          members.put(field.name(), value(inner, depth + 1));
        }
      }
      return new Json.Obj(members);
    }

    private Json value(Schema schema, int depth) {
      return switch (schema) {
        case Schema.Scalar scalar -> scalar(scalar);
        case Schema.Struct struct -> grown(Json.Obj.EMPTY, struct, depth);
        case Schema.MapOf map -> {
          Map<String, Json> members = new TreeMap<>();
          for (int i = random.nextInt(3); i > 0; i--) {
            members.put("k" + i, value(map.element().get(), depth + 1));
          }
          yield new Json.Obj(members);
        }
        case Schema.ListOf list -> {
          List<Json> elements = new ArrayList<>();
          for (int i = random.nextInt(3); i > 0; i--) {
            elements.add(value(list.element().get(), depth + 1));
          }
          yield new Json.Arr(elements);
        }
      };
    }

    private Json scalar(Schema.Scalar scalar) {
      return switch (scalar) {
        case STRING -> Json.of(TEXTS.get(random.nextInt(TEXTS.size())));
        case INTEGER -> Json.of(random.nextInt(6));
        case NUMBER -> new Json.Num(random.nextInt(6) / 2.0);
        case BOOLEAN -> Json.of(random.nextBoolean());
        case BYTES -> Json.of("YQ==");
        case TIME -> Json.of("2026-01-02T03:04:05Z");
        case MICRO_TIME -> Json.of("2026-01-02T03:04:05.000006Z");
        case QUANTITY -> Json.of(random.nextBoolean() ? "1500m" : "2Gi");
        case INT_OR_STRING -> random.nextBoolean() ? Json.of(3) : Json.of("50%");
        case ANY -> Json.Obj.builder().put("any", 1).build();
      };
    }
  }
}
