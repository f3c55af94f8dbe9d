package io.tiphys.server.apiserver;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.FlowcontrolV1;
import io.tiphys.api.Resource;
import io.tiphys.api.flowcontrol.v1.FlowSchema;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.rules.flowcontrol.FlowDefaults;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * Makes the priority levels and flow schemas that every cluster begins with, and renews those that
 * nobody has taken over. Checked against pkg/registry/flowcontrol/ensurer.
 */
final class FlowObjects {
  private static final String AUTOUPDATE = "apf.kubernetes.io/autoupdate-spec";

  private final Source source;

  FlowObjects(Source source) {
    this.source = source;
  }

  void complete() {
    ensure(FlowcontrolV1.PRIORITYLEVELCONFIGURATIONS, FlowDefaults.levels(), FlowObjects::renewed);
    ensure(FlowcontrolV1.FLOWSCHEMAS, FlowDefaults.schemas(), FlowObjects::renewed);
  }

  private static PriorityLevelConfiguration renewed(
      PriorityLevelConfiguration present, PriorityLevelConfiguration wished) {
    // How much the exempt lend is for people to say.
    boolean exempt = wished.spec().exempt() != null && present.spec().exempt() != null;
    return present.withSpec(
        exempt ? wished.spec().withExempt(present.spec().exempt()) : wished.spec());
  }

  private static FlowSchema renewed(FlowSchema present, FlowSchema wished) {
    return present.withSpec(wished.spec());
  }

  private <T extends ApiObject> void ensure(
      Resource<T> resource, List<T> wished, BinaryOperator<T> renew) {
    Map<String, T> present = new HashMap<>();
    source
        .list(resource, "", ListOptions.ALL)
        .items()
        .forEach(object -> present.put(object.name(), object));
    for (T object : wished) {
      T found = present.get(object.name());
      if (found == null) {
        attempt(() -> source.create(resource, object));
      } else if (FlowDefaults.isMandatory(object.name()) || isUntouched(found)) {
        T renewed = renew.apply(found, object);
        if (!renewed.equals(found)) {
          attempt(() -> source.update(resource, renewed));
        }
      }
    }
  }

  /** Whether the server may still change it: people say so, or have never changed it. */
  private static boolean isUntouched(ApiObject object) {
    String said = object.metadata().annotations().get(AUTOUPDATE);
    return said == null ? object.metadata().generation() == 1 : said.equals("true");
  }

  /** Another server may begin at the same time. */
  private static void attempt(Runnable write) {
    try {
      write.run();
    } catch (ApiFailure failure) {
      if (!failure.isAlreadyExists() && !failure.isConflict()) {
        throw failure;
      }
    }
  }
}
