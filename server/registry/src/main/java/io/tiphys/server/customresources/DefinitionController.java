package io.tiphys.server.customresources;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.Resource;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionCondition;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.rules.customresources.DefinitionRules;
import io.tiphys.rules.customresources.Definitions;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.ResourceCache;
import io.tiphys.server.kinds.Registry;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.registry.ResourceApi;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Has what definitions define served: follows them, accepts their names, puts their kinds into the
 * registry, establishes them, and empties them before they go. Does in one pass what upstream's
 * naming, establishing, discovery, OpenAPI and finalizing controllers do in five.
 */
public final class DefinitionController implements Lifecycle {
  private static final Logger log = System.getLogger(DefinitionController.class.getName());

  private final ResourceApi api;
  private final Registry builtin;
  private final Source source;
  private final Clock clock;
  private final Duration spreading;
  private final ResourceCache<CustomResourceDefinition> definitions;
  private final Semaphore changed = new Semaphore(1);
  private final Lifecycle subscription;
  private final Loops.Loop loop;

  /** Follows the objects of definitions that go, from one pass to the next. */
  private final List<Lifecycle> draining = new ArrayList<>();

  /** The kinds of each definition as it was when they were made, so that what is alike stays. */
  private Map<String, Made> made = new HashMap<>();

  /**
   * @param whole whether all that the definition asks for is served
   */
  private record Made(
      CustomResourceDefinition definition, List<ServedKind<?>> kinds, boolean whole) {
    /** Whether the kinds are those of {@code now} too. */
    boolean holdsFor(CustomResourceDefinition now) {
      return definition.spec().equals(now.spec())
          && definition.status().acceptedNames().equals(now.status().acceptedNames())
          && List.of("NamesAccepted", "Established", "Terminating").stream()
              .allMatch(type -> Definitions.is(definition, type) == Definitions.is(now, type));
    }
  }

  /** When to look again though nothing changes; null: not at all. */
  private @Nullable Duration again;

  private DefinitionController(
      ResourceApi api, Source source, Clock clock, Loops loops, Duration spreading) {
    this.api = api;
    this.spreading = spreading;
    this.source = source;
    this.clock = clock;
    builtin = api.resources().registry();
    definitions = api.cache().of(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS);
    begin();
    subscription = definitions.onChange(changed::release);
    loop = loops.start("custom-resources", this::run);
  }

  /**
   * Serves what is defined already before it returns.
   *
   * @param source as the server itself, which may do everything
   */
  public static DefinitionController open(
      ResourceApi api, Source source, Clock clock, Loops loops) {
    return open(api, source, clock, loops, Duration.ZERO);
  }

  /**
   * @param spreading how long other servers of the store may take to serve what is defined; nothing
   *     is established or let go before
   */
  public static DefinitionController open(
      ResourceApi api, Source source, Clock clock, Loops loops, Duration spreading) {
    return new DefinitionController(api, source, clock, loops, spreading);
  }

  private void begin() {
    try {
      serve(current());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiFailure.timeout("the server was interrupted as it began");
    }
  }

  private void run() throws InterruptedException {
    while (true) {
      changed.drainPermits();
      draining.forEach(Lifecycle::close);
      draining.clear();
      again = null;
      pass();
      Duration later = again;
      Clock.Timer timer = later == null ? () -> {} : clock.schedule(later, changed::release);
      try {
        changed.acquire();
      } finally {
        timer.cancel();
      }
    }
  }

  /**
   * Whether by now every server knows what was so at some time; otherwise it is looked at later.
   */
  private boolean hasSpread(@Nullable Instant since) {
    Instant now = clock.now();
    Duration left = spreading.minus(Duration.between(since == null ? now : since, now));
    if (!left.isPositive()) {
      return true;
    }
    again = again == null || left.compareTo(again) < 0 ? left : again;
    return false;
  }

  private boolean mayEstablish(CustomResourceDefinition definition) {
    return definition.status().conditions().stream()
        .filter(condition -> condition.type().equals("NamesAccepted"))
        .anyMatch(
            condition ->
                condition.status().equals("True") && hasSpread(condition.lastTransitionTime()));
  }

  private List<CustomResourceDefinition> current() {
    List<CustomResourceDefinition> all = new ArrayList<>();
    for (Cached<CustomResourceDefinition> each : definitions.current().in("")) {
      all.add(each.record());
    }
    all.sort(
        Comparator.comparing(DefinitionController::birth)
            .thenComparing(CustomResourceDefinition::name));
    return all;
  }

  private static Instant birth(CustomResourceDefinition definition) {
    return Objects.requireNonNullElse(definition.metadata().creationTimestamp(), Instant.EPOCH);
  }

  private void pass() throws InterruptedException {
    List<CustomResourceDefinition> all = current();
    serve(all);
    for (int i = 0; i < all.size(); i++) {
      CustomResourceDefinition definition = all.get(i);
      CustomResourceDefinition wished = Naming.decide(definition, all, clock.now());
      if (isServed(definition) && mayEstablish(wished)) {
        wished = establish(wished);
      }
      if (!wished.equals(definition)) {
        write(wished);
        all.set(i, wished); // the names it has now are taken for those that follow
      }
      Instant deleted = definition.metadata().deletionTimestamp();
      if (deleted != null && hasSpread(deleted)) {
        drain(definition);
      }
    }
  }

  private boolean isServed(CustomResourceDefinition definition) {
    Made kinds = made.get(definition.name());
    return kinds != null && kinds.whole() && (!kinds.kinds().isEmpty() || isBuiltin(definition));
  }

  /** Whether its objects would be those of a resource that is built in, which comes first. */
  private boolean isBuiltin(CustomResourceDefinition definition) {
    String group = definition.spec().group();
    String plural = definition.spec().names().plural();
    return builtin.kinds().stream()
        .map(ServedKind::resource)
        .anyMatch(known -> known.group().equals(group) && known.plural().equals(plural));
  }

  private Made make(CustomResourceDefinition definition) {
    if (isBuiltin(definition)) {
      return new Made(definition, List.of(), true);
    }
    try {
      return new Made(definition, CustomKinds.of(definition), true);
    } catch (RuntimeException e) {
      // Stored before it was judged as it is today: the others are served all the same.
      log.log(Level.ERROR, "cannot serve what " + definition.name() + " defines", e);
      return new Made(definition, List.of(), false);
    }
  }

  private CustomResourceDefinition establish(CustomResourceDefinition definition) {
    if (Definitions.is(definition, "Established")) {
      return definition;
    }
    return Definitions.with(
        definition,
        CustomResourceDefinitionCondition.builder()
            .type("Established")
            .status("True")
            .reason("InitialNamesAccepted")
            .message("the initial names have been accepted")
            .build(),
        clock.now());
  }

  /** Puts the kinds of all definitions behind those that are built in. */
  private void serve(List<CustomResourceDefinition> all) throws InterruptedException {
    Map<String, Made> next = new HashMap<>();
    List<ServedKind<?>> kinds = new ArrayList<>();
    boolean same = all.size() == made.size();
    List<CustomResourceDefinition> byName = new ArrayList<>(all);
    byName.sort(Comparator.comparing(CustomResourceDefinition::name));
    for (CustomResourceDefinition definition : byName) {
      Made known = made.get(definition.name());
      if (known == null || !known.holdsFor(definition)) {
        known = make(definition);
        same = false;
      }
      next.put(definition.name(), known);
      kinds.addAll(known.kinds());
    }
    if (!same) {
      api.resources().serve(builtin.with(kinds));
      made = next;
    }
  }

  private void write(CustomResourceDefinition definition) {
    try {
      source.updateStatus(ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS, definition);
    } catch (ApiFailure failure) {
      // Changed meanwhile, or gone: what it is now is on its way here.
      log.log(Level.DEBUG, "status of {0}: {1}", definition.name(), failure.getMessage());
    }
  }

  /** Deletes the objects of a definition that goes; the definition too, once there are none. */
  private void drain(CustomResourceDefinition definition) {
    if (!definition.metadata().finalizers().contains(DefinitionRules.CLEANUP)) {
      return;
    }
    Made kinds = made.get(definition.name());
    if (kinds != null && !kinds.whole()) {
      return; // its objects cannot be reached, and must not be left behind
    }
    if (kinds != null && !kinds.kinds().isEmpty() && !empty(kinds.kinds())) {
      return;
    }
    List<String> others = new ArrayList<>(definition.metadata().finalizers());
    others.remove(DefinitionRules.CLEANUP);
    try {
      source.update(
          ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS,
          definition.withMetadata(definition.metadata().withFinalizers(others)));
    } catch (ApiFailure failure) {
      log.log(Level.DEBUG, "end of {0}: {1}", definition.name(), failure.getMessage());
    }
  }

  private boolean empty(List<ServedKind<?>> kinds) {
    Resource<?> stored = kinds.getFirst().storedAs();
    ResourceCache<?> objects = api.cache().under(stored);
    if (objects != null) {
      // What somebody holds by a finalizer goes when it is let go.
      draining.add(objects.onChange(changed::release));
    }
    delete(stored);
    return source.list(stored, "", ListOptions.ALL).items().isEmpty();
  }

  private <T extends ApiObject> void delete(Resource<T> resource) {
    for (T object : source.list(resource, "", ListOptions.ALL).items()) {
      if (object.metadata().deletionTimestamp() != null) {
        continue;
      }
      try {
        source.delete(resource, object.namespace(), object.name(), DeleteOptions.EMPTY);
      } catch (ApiFailure failure) {
        if (!failure.isNotFound()) {
          throw failure;
        }
      }
    }
  }

  @Override
  public void close() {
    subscription.close();
    loop.close();
  }
}
