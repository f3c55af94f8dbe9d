package io.tiphys.rules.flowcontrol;

import io.tiphys.api.flowcontrol.v1.ExemptPriorityLevelConfiguration;
import io.tiphys.api.flowcontrol.v1.LimitResponse;
import io.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationCondition;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationSpec;
import io.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationStatus;
import io.tiphys.api.flowcontrol.v1.QueuingConfiguration;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a priority level; checked against pkg/apis/flowcontrol/validation. */
final class PriorityLevelValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String KEEPS_ZERO =
      "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";
  private static final List<String> TYPES = List.of("Exempt", "Limited");
  private static final List<String> RESPONSES = List.of("Queue", "Reject");
  private static final String NOT_NEGATIVE = "must be a non-negative integer";

  /** Upstream's priorityLevelConfigurationQueuingMaxQueues. */
  private static final int MAX_QUEUES = 10_000_000;

  /** Upstream's shufflesharding.MaxHashBits: more bits would fall unevenly. */
  private static final int MAX_HASH_BITS = 60;

  private PriorityLevelValidation() {}

  static List<FieldError> of(PriorityLevelConfiguration level) {
    Checks checks = new Checks();
    if (level.metadata().annotations().containsKey(KEEPS_ZERO)) {
      checks.forbidden(
          FieldPath.of("metadata", "annotations"), "annotation '" + KEEPS_ZERO + "' is forbidden");
    }
    spec(level.spec(), level.name(), checks);
    fixed(level, checks);
    checks.addAll(ofStatus(level.status()));
    return checks.errors();
  }

  private static void spec(PriorityLevelConfigurationSpec spec, String name, Checks checks) {
    FieldPath type = SPEC.child("type");
    if (name.equals(FlowDefaults.EXEMPT) != spec.type().equals("Exempt")) {
      checks.invalid(type, spec.type(), "must be 'Exempt' if and only if `name` is 'exempt'");
    }
    switch (spec.type()) {
      case "Exempt" -> {
        if (spec.limited() != null) {
          checks.forbidden(SPEC.child("limited"), "must be nil if the type is not Limited");
        }
        exempt(spec.exempt(), checks);
      }
      case "Limited" -> {
        if (spec.exempt() != null) {
          checks.forbidden(SPEC.child("exempt"), "must be nil if the type is Limited");
        }
        if (spec.limited() == null) {
          checks.required(SPEC.child("limited"), "must not be empty when type is Limited");
        } else {
          limited(spec.limited(), SPEC.child("limited"), checks);
        }
      }
      default -> checks.supported(type, spec.type(), TYPES);
    }
  }

  private static void exempt(@Nullable ExemptPriorityLevelConfiguration exempt, Checks checks) {
    if (exempt != null) {
      FieldPath path = SPEC.child("exempt");
      notNegative(
          exempt.nominalConcurrencyShares(),
          path.child("nominalConcurrencyShares"),
          NOT_NEGATIVE,
          checks);
      percent(exempt.lendablePercent(), path.child("lendablePercent"), checks);
    }
  }

  private static void limited(
      LimitedPriorityLevelConfiguration limited, FieldPath path, Checks checks) {
    notNegative(
        limited.nominalConcurrencyShares(),
        path.child("nominalConcurrencyShares"),
        NOT_NEGATIVE,
        checks);
    response(limited.limitResponse(), path.child("limitResponse"), checks);
    percent(limited.lendablePercent(), path.child("lendablePercent"), checks);
    notNegative(
        limited.borrowingLimitPercent(),
        path.child("borrowingLimitPercent"),
        "if specified, " + NOT_NEGATIVE,
        checks);
  }

  private static void notNegative(
      @Nullable Integer value, FieldPath path, String problem, Checks checks) {
    if (value != null && value < 0) {
      checks.invalid(path, value, problem);
    }
  }

  private static void percent(@Nullable Integer value, FieldPath path, Checks checks) {
    if (value != null && (value < 0 || value > 100)) {
      checks.invalid(path, value, "must be between 0 and 100, inclusive");
    }
  }

  private static void response(LimitResponse response, FieldPath path, Checks checks) {
    FieldPath queuing = path.child("queuing");
    switch (response.type()) {
      case "Reject" -> {
        if (response.queuing() != null) {
          checks.forbidden(queuing, "must be nil if limited.limitResponse.type is not Limited");
        }
      }
      case "Queue" -> {
        if (response.queuing() == null) {
          checks.required(queuing, "must not be empty if limited.limitResponse.type is Limited");
        } else {
          queuing(response.queuing(), queuing, checks);
        }
      }
      default -> checks.supported(path.child("type"), response.type(), RESPONSES);
    }
  }

  private static void queuing(QueuingConfiguration queuing, FieldPath path, Checks checks) {
    int queues = queuing.queues();
    int hand = queuing.handSize();
    String positive = "must be positive";
    if (queuing.queueLengthLimit() <= 0) {
      checks.invalid(path.child("queueLengthLimit"), queuing.queueLengthLimit(), positive);
    }
    if (queues <= 0) {
      checks.invalid(path.child("queues"), queues, positive);
    } else if (queues > MAX_QUEUES) {
      checks.invalid(path.child("queues"), queues, "must not be greater than " + MAX_QUEUES);
    }
    FieldPath handSize = path.child("handSize");
    if (hand <= 0) {
      checks.invalid(handSize, hand, positive);
    } else if (hand > queues) {
      checks.invalid(handSize, hand, "should not be greater than queues (" + queues + ")");
    } else if (Math.ceil(Math.log(queues) / Math.log(2) * hand) > MAX_HASH_BITS) {
      checks.invalid(
          handSize,
          hand,
          "required entropy bits of deckSize %d and handSize %d should not be greater than %d"
              .formatted(queues, hand, MAX_HASH_BITS));
    }
  }

  /** What the server itself relies on stays, but for how much the exempt lend. */
  private static void fixed(PriorityLevelConfiguration level, Checks checks) {
    PriorityLevelConfiguration fixed = FlowDefaults.mandatoryLevel(level.name());
    if (fixed == null) {
      return;
    }
    boolean exempt = level.name().equals(FlowDefaults.EXEMPT);
    PriorityLevelConfigurationSpec compared =
        exempt ? level.spec().withExempt(fixed.spec().exempt()) : level.spec();
    if (!compared.equals(fixed.spec())) {
      checks.invalid(
          SPEC,
          GoStructs.show("flowcontrol.PriorityLevelConfigurationSpec", level.spec()::write),
          "spec of '%s'%s must equal the fixed value"
              .formatted(level.name(), exempt ? " except the 'spec.exempt' field" : ""));
    }
  }

  static List<FieldError> ofStatus(PriorityLevelConfigurationStatus status) {
    return FlowSchemaValidation.conditions(
        status.conditions().stream().map(PriorityLevelConfigurationCondition::type).toList());
  }
}
