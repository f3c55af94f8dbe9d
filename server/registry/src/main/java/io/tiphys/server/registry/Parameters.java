package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.meta.selector.FieldSelector;
import io.tiphys.meta.selector.Selector;
import io.tiphys.meta.selector.SelectorException;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.server.admission.OperationOptions;
import io.tiphys.server.cache.ListQuery;
import io.tiphys.server.cache.Lists;
import io.tiphys.server.http.Request;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of the verbs. Checked against apimachinery/pkg/apis/meta/{v1,
 * internalversion}/validation.
 */
final class Parameters {
  private static final int INTERNAL_ERROR = 500;
  private static final String META_GROUP = "meta.k8s.io";

  private Parameters() {}

  /**
   * Who writes and how, from a request.
   *
   * @param optionsKind for messages: CreateOptions, UpdateOptions, PatchOptions
   */
  static Call call(Request request, String optionsKind) {
    String manager = text(request, "fieldManager");
    List<String> dryRun = request.query().getOrDefault("dryRun", List.of());
    String validation = text(request, "fieldValidation");
    List<FieldError> errors =
        new ArrayList<>(
            ObjectMetaRules.validateFieldManager(manager, FieldPath.of("fieldManager")));
    errors.addAll(validateDryRun(dryRun));
    FieldValidation mode =
        switch (validation) {
          case "", "Warn" -> FieldValidation.WARN;
          case "Ignore" -> FieldValidation.IGNORE;
          case "Strict" -> FieldValidation.STRICT;
          default -> {
            errors.add(
                FieldError.notSupported(
                    FieldPath.of("fieldValidation"),
                    validation,
                    List.of("", "Ignore", "Strict", "Warn")));
            yield FieldValidation.IGNORE;
          }
        };
    if (!errors.isEmpty()) {
      throw Invalid.failure(META_GROUP, optionsKind, "", errors);
    }
    return Call.of(
        request,
        !dryRun.isEmpty(),
        new OperationOptions.Write(dryRun, manager, validation),
        manager.isEmpty() ? UserAgents.manager(request.header("user-agent")) : manager,
        mode);
  }

  static List<FieldError> validateDryRun(List<String> dryRun) {
    return dryRun.stream().allMatch("All"::equals)
        ? List.of()
        : List.of(FieldError.notSupported(FieldPath.of("dryRun"), dryRun, List.of("All")));
  }

  /** What to list. */
  static <T extends ApiObject> ListQuery<T> list(Request request, Served<T, ?> served) {
    String version = text(request, "resourceVersion");
    String match = text(request, "resourceVersionMatch");
    String token = text(request, "continue");
    List<FieldError> errors = new ArrayList<>();
    FieldPath path = FieldPath.of("resourceVersionMatch");
    if (!match.isEmpty()) {
      if (version.isEmpty()) {
        errors.add(
            FieldError.forbidden(
                path, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
      }
      if (!token.isEmpty()) {
        errors.add(
            FieldError.forbidden(
                path, "resourceVersionMatch is forbidden when continue is provided"));
      }
      if (!match.equals("Exact") && !match.equals("NotOlderThan")) {
        errors.add(FieldError.notSupported(path, match, List.of("Exact", "NotOlderThan", "")));
      }
      if (match.equals("Exact") && version.equals("0")) {
        errors.add(
            FieldError.forbidden(
                path, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
      }
    }
    if (request.parameter("sendInitialEvents") != null) {
      errors.add(
          FieldError.forbidden(
              FieldPath.of("sendInitialEvents"), "sendInitialEvents is forbidden for list"));
    }
    if (!errors.isEmpty()) {
      throw Invalid.failure(META_GROUP, "ListOptions", "", errors);
    }
    return new ListQuery<>(
        Selections.of(
            served,
            request.info().namespace(),
            labels(request),
            fields(request, served.resource())),
        version,
        match,
        number(request, "limit"),
        token);
  }

  /**
   * What to watch.
   *
   * @param initialEvents null when the client says nothing
   * @param timeoutSeconds 0 when the client says nothing
   */
  record WatchQuery(
      String resourceVersion,
      @Nullable Boolean initialEvents,
      boolean bookmarks,
      long timeoutSeconds) {

    /**
     * The revision as a number, 0 when none is given. What is none is an error that upstream's
     * watches do not expect: it comes out as it is, without a reason.
     */
    long revision() {
      try {
        return Lists.parseRevision(resourceVersion);
      } catch (ApiFailure notANumber) {
        throw new ApiFailure(
            Status.builder()
                .status("Failure")
                .message(
                    "resourceVersion: Invalid value: \"%s\": strconv.ParseUint: parsing \"%s\": invalid syntax"
                        .formatted(resourceVersion, resourceVersion))
                .code(INTERNAL_ERROR)
                .build());
      }
    }
  }

  static WatchQuery watch(Request request) {
    String match = text(request, "resourceVersionMatch");
    String initial = request.parameter("sendInitialEvents");
    List<FieldError> errors = new ArrayList<>();
    FieldPath path = FieldPath.of("resourceVersionMatch");
    if (initial != null && !match.equals("NotOlderThan")) {
      errors.add(
          FieldError.forbidden(
              path, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
    }
    if (!match.isEmpty()) {
      if (initial == null) {
        errors.add(
            FieldError.forbidden(
                path,
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is"
                    + " provided"));
      }
      if (!match.equals("NotOlderThan")) {
        errors.add(FieldError.notSupported(path, match, List.of("NotOlderThan")));
      }
    }
    if (!errors.isEmpty()) {
      throw Invalid.failure(META_GROUP, "ListOptions", "", errors);
    }
    return new WatchQuery(
        text(request, "resourceVersion"),
        initial == null ? null : truth(initial),
        truth(text(request, "allowWatchBookmarks")),
        number(request, "timeoutSeconds"));
  }

  static Selector labels(Request request) {
    try {
      return Selector.parse(text(request, "labelSelector"));
    } catch (SelectorException e) {
      throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** The field selector, with the name in the path as one more term. */
  static FieldSelector fields(Request request, Resource<?> resource) {
    FieldSelector selector;
    try {
      selector = FieldSelector.parse(text(request, "fieldSelector"));
    } catch (SelectorException e) {
      throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
    }
    String name = request.info().name();
    if (name.isEmpty()) {
      return selector;
    }
    boolean contradicts =
        !selector.isEmpty()
            && !selector.exactMatch("metadata.name").filter(name::equals).isPresent();
    if (contradicts) {
      throw ApiFailure.badRequest("fieldSelector metadata.name doesn't match requested name");
    }
    return selector.isEmpty() ? FieldSelector.equal("metadata.name", name) : selector;
  }

  static String text(Request request, String name) {
    String value = request.parameter(name);
    return value == null ? "" : value;
  }

  /** A number that is 0 when it is not given. */
  static long number(Request request, String name) {
    String value = text(request, name);
    try {
      return value.isEmpty() ? 0 : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw ApiFailure.badRequest("strconv.ParseInt: parsing \"" + value + "\": invalid syntax");
    }
  }

  /** As Go converts query values: anything but these is true. */
  static boolean truth(String value) {
    return !value.isEmpty() && !value.equals("0") && !value.equalsIgnoreCase("false");
  }
}
