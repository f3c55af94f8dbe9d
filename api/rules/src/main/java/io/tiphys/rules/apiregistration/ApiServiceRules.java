package io.tiphys.rules.apiregistration;

import io.tiphys.api.ApiregistrationV1;
import io.tiphys.api.apiregistration.v1.APIService;
import io.tiphys.api.apiregistration.v1.APIServiceCondition;
import io.tiphys.api.apiregistration.v1.APIServiceSpec;
import io.tiphys.api.apiregistration.v1.APIServiceStatus;
import io.tiphys.api.apiregistration.v1.ServiceReference;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;

/**
 * Who serves which group and version. Checked against kube-aggregator/pkg/registry/apiservice and
 * pkg/apis/apiregistration/validation.
 */
public final class ApiServiceRules extends SpecRules<APIService, APIServiceSpec, APIServiceStatus> {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldFilter RESETS_METADATA_AND_SPEC =
      FieldFilter.excluding(List.of(List.of("spec"), List.of("metadata")));
  private static final List<String> STATUSES = List.of("True", "False", "Unknown");
  private static final int HTTPS_PORT = 443;
  private static final int MAX_GROUP_PRIORITY = 20_000;
  private static final int MAX_VERSION_PRIORITY = 1000;

  public ApiServiceRules() {
    super(
        ApiregistrationV1.APISERVICES,
        new Parts<>(
            APIService::spec,
            APIService::status,
            APIService::withSpec,
            APIService::withStatus,
            APIServiceStatus.EMPTY));
  }

  @Override
  protected APIServiceSpec defaults(APIServiceSpec spec, APIService object) {
    ServiceReference service = spec.service();
    return service == null || service.port() != null
        ? spec
        : spec.withService(service.withPort(HTTPS_PORT));
  }

  /** What the server serves itself is available at once. API services have no generation. */
  @Override
  public APIService prepareForCreate(APIService service, WriteContext context) {
    APIServiceCondition local =
        APIServiceCondition.builder()
            .type("Available")
            .status("True")
            .lastTransitionTime(context.now())
            .reason("Local")
            .message("Local APIServices are always available")
            .build();
    return service.withStatus(
        service.spec().service() == null
            ? new APIServiceStatus(List.of(local))
            : APIServiceStatus.EMPTY);
  }

  @Override
  public APIService prepareForUpdate(APIService service, APIService old, WriteContext context) {
    return service.withStatus(old.status());
  }

  @Override
  protected APIService prepareStatus(APIService service, APIService old, WriteContext context) {
    return super.prepareStatus(service, old, context)
        .withMetadata(
            service.metadata().toBuilder()
                .labels(old.metadata().labels())
                .annotations(old.metadata().annotations())
                .finalizers(old.metadata().finalizers())
                .ownerReferences(old.metadata().ownerReferences())
                .build());
  }

  @Override
  protected FieldFilter statusResetFields() {
    return RESETS_METADATA_AND_SPEC;
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return false;
  }

  /** Names are checked with the rest, for they say what it is that is served. */
  @Override
  public NameRule nameRule() {
    return _ -> List.of();
  }

  @Override
  public List<FieldError> validate(APIService service) {
    APIServiceSpec spec = service.spec();
    Checks checks = new Checks();
    name(service, checks);
    if (spec.group().isEmpty() && !spec.version().equals("v1")) {
      checks.required(
          SPEC.child("group"), "only v1 may have an empty group and it better be legacy kube");
    }
    if (!spec.group().isEmpty()) {
      checks.each(SPEC.child("group"), spec.group(), Names.dns1123Subdomain(spec.group()));
    }
    checks.each(SPEC.child("version"), spec.version(), Names.dns1035Label(spec.version()));
    within(spec.groupPriorityMinimum(), MAX_GROUP_PRIORITY, "groupPriorityMinimum", checks);
    within(spec.versionPriority(), MAX_VERSION_PRIORITY, "versionPriority", checks);
    if (spec.service() == null) {
      local(spec, checks);
    } else {
      remote(spec.service(), spec, checks);
    }
    return checks.errors();
  }

  private static void name(APIService service, Checks checks) {
    FieldPath path = FieldPath.of("metadata", "name");
    String name = service.name();
    if (name.isEmpty()) {
      return;
    }
    List<String> problems = Names.pathSegmentName(name);
    checks.each(path, name, problems);
    String required = service.spec().version() + "." + service.spec().group();
    if (problems.isEmpty() && !name.equals(required)) {
      checks.invalid(
          path, name, "must be `spec.version+\".\"+spec.group`: " + GoText.quote(required));
    }
  }

  private static void within(int priority, int most, String field, Checks checks) {
    if (priority <= 0 || priority > most) {
      checks.invalid(SPEC.child(field), priority, "must be positive and less than " + most);
    }
  }

  private static void local(APIServiceSpec spec, Checks checks) {
    if (!spec.caBundle().isEmpty()) {
      checks.invalid(
          SPEC.child("caBundle"),
          spec.caBundle().size() + " bytes",
          "local APIServices may not have a caBundle");
    }
    if (spec.insecureSkipTLSVerify()) {
      checks.invalid(
          SPEC.child("insecureSkipTLSVerify"),
          true,
          "local APIServices may not have insecureSkipTLSVerify");
    }
  }

  private static void remote(ServiceReference service, APIServiceSpec spec, Checks checks) {
    FieldPath path = SPEC.child("service");
    if (service.namespace().isEmpty()) {
      checks.required(path.child("namespace"));
    }
    if (service.name().isEmpty()) {
      checks.required(path.child("name"));
    }
    int port = service.port() == null ? 0 : service.port();
    List<String> problems = Names.portNumber(port);
    if (!problems.isEmpty()) {
      checks.invalid(path.child("port"), port, "port is not valid: " + String.join(", ", problems));
    }
    if (spec.insecureSkipTLSVerify() && !spec.caBundle().isEmpty()) {
      checks.invalid(
          SPEC.child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
    }
  }

  @Override
  public List<FieldError> validateUpdate(APIService service, APIService old) {
    return validate(service);
  }

  @Override
  protected List<FieldError> validateStatus(APIService service, APIService old) {
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("status", "conditions");
    for (int i = 0; i < service.status().conditions().size(); i++) {
      String status = service.status().conditions().get(i).status();
      checks.supported(path.index(i).child("status"), status, STATUSES);
    }
    return checks.errors();
  }
}
