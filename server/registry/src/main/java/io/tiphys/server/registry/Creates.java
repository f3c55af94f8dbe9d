package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.AdmissionRequest.Subject;
import io.tiphys.server.admission.NameSuffix;
import io.tiphys.server.admission.NamespaceLifecycle;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.registry.ObjectStorage.Added;
import io.tiphys.server.registry.ObjectStorage.Written;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Creation of objects. Checked against endpoints/handlers/create.go, registry/generic/registry
 * (Create) and registry/rest/create.go of apiserver/pkg.
 */
final class Creates {
  /** Upstream's maxNameGenerationCreateAttempts: a million names of one prefix at 0.1 % failure. */
  private static final int MAX_GENERATED_NAMES = 8;

  /** A namespace changes when its labels do; one that changes so often is left alone a while. */
  private static final int MAX_NAMESPACE_CHANGES = 100;

  /** Of thousands of ports and addresses two servers seldom pick the same one even once. */
  private static final int MAX_REFUSALS = 100;

  private final VerbContext context;
  private final Validated.Stage stage;

  Creates(VerbContext context) {
    this.context = context;
    stage = new Validated.Stage(context);
  }

  /** Creates an object in a namespace (empty where there is none). */
  <T extends ApiObject, S extends ApiObject> Cached<T> create(
      Served<T, S> served, Call call, String namespace, Decoded<T> decoded)
      throws InterruptedException {
    context.cache().awaitCurrent();
    T wished = decoded.object();
    ObjectMeta meta = Metadata.wiped(wished.metadata());
    meta = Metadata.inNamespace(meta, served.resource(), namespace);
    meta = Metadata.distinctOwners(meta, call.warnings());
    T object = Metadata.with(wished, meta);
    Admitted<T> admitted =
        admit(served, call, context.managedFields().created(served, call, object));
    try {
      return store(served, call, admitted);
    } catch (ApiFailure failure) {
      if (!Failures.isTooLarge(failure)) {
        throw failure;
      }
      // Managed fields can be large and are not worth refusing an object for.
      T bare = admitted.object();
      bare = Metadata.with(bare, bare.metadata().withManagedFields(List.of()));
      return store(served, call, new Admitted<>(bare));
    }
  }

  /** Creates what an update or an apply did not find; its managed fields are already in it. */
  <T extends ApiObject, S extends ApiObject> Cached<T> createMissing(
      Served<T, S> served, Call call, String namespace, Decoded<T> decoded)
      throws InterruptedException {
    ObjectMeta meta = decoded.object().metadata();
    meta = Metadata.inNamespace(meta, served.resource(), namespace).withResourceVersion("");
    Admitted<T> admitted = admit(served, call, Metadata.with(decoded.object(), meta));
    return store(served, call, admitted);
  }

  /** Admission of a creation; also of one by update or apply. */
  <T extends ApiObject> Admitted<T> admit(Served<T, ?> served, Call call, T object)
      throws InterruptedException {
    ApiObject admitted = context.admission().admit(request(served, call, object));
    @SuppressWarnings("unchecked") // plugins keep the kind
    T result = (T) (admitted == null ? object : admitted);
    return new Admitted<>(
        Metadata.with(result, Metadata.distinctOwners(result.metadata(), call.warnings())));
  }

  private static AdmissionRequest request(Served<?, ?> served, Call call, ApiObject object) {
    Subject subject = Subject.of(served.resource(), "", object);
    return AdmissionRequest.create(subject, object, call.caller());
  }

  private <T extends ApiObject, S extends ApiObject> Cached<T> store(
      Served<T, S> served, Call call, Admitted<T> admitted) throws InterruptedException {
    ObjectMeta meta = admitted.object().metadata();
    boolean generate = meta.name().isEmpty() && !meta.generateName().isEmpty();
    int attempts = generate ? MAX_GENERATED_NAMES : 1;
    for (int attempt = 1; ; attempt++) {
      try {
        return storeOnce(served, call, admitted);
      } catch (ApiFailure failure) {
        if (attempt == attempts || !Failures.isAlreadyExists(failure)) {
          throw failure;
        }
      }
    }
  }

  private <T extends ApiObject, S extends ApiObject> Cached<T> storeOnce(
      Served<T, S> served, Call call, Admitted<T> admitted) throws InterruptedException {
    T born = admitted.object();
    ObjectMeta meta = Metadata.born(born.metadata(), context.clock().now(), context.random());
    if (meta.name().isEmpty() && !meta.generateName().isEmpty()) {
      meta = meta.withName(NameSuffix.generate(meta.generateName(), context.random()));
    }
    born = Metadata.with(born, meta);
    for (int attempt = 0; attempt < MAX_REFUSALS; attempt++) {
      Stored<T> stored = reserveAndStore(served, call, born);
      if (stored.object() != null) {
        return stored.object();
      }
      context.allocations().refused(stored.takenKey());
    }
    throw ApiFailure.serverTimeout(served.resource().qualifiedName(), "create", 1);
  }

  /**
   * @param object null when another server gave somebody else what was reserved here
   * @param takenKey what that was; empty if there is an object
   */
  private record Stored<T extends ApiObject>(@Nullable Cached<T> object, String takenKey) {}

  private <T extends ApiObject, S extends ApiObject> Stored<T> reserveAndStore(
      Served<T, S> served, Call call, T born) throws InterruptedException {
    try (Reservation<T> reserved = context.allocations().forCreate(served.resource(), born, call)) {
      Validated<T> validated =
          stage.created(
              served,
              call,
              new Admitted<>(reserved.object()),
              object -> context.admission().validate(request(served, call, object)));
      return put(served, call, validated);
    }
  }

  private <T extends ApiObject, S extends ApiObject> Stored<T> put(
      Served<T, S> served, Call call, Validated<T> validated) throws InterruptedException {
    T object = validated.object();
    String key = served.key(object.namespace(), object.name());
    if (call.dryRun()) {
      Cached<S> present = served.cache().get(key);
      if (present != null) {
        throw exists(served.resource(), object, present);
      }
      return new Stored<>(Cached.unstored(served.resource().type(), key, 0, object), "");
    }
    if (!object.metadata().resourceVersion().isEmpty()) {
      throw Failures.unforeseen("resourceVersion should not be set on objects to be created");
    }
    for (int attempt = 0; attempt < MAX_NAMESPACE_CHANGES; attempt++) {
      Cached<Namespace> namespace = namespace(served, call, object);
      switch (context.storage().add(served, call, key, validated, namespace)) {
        case Written.Done<S> done -> {
          return new Stored<>(done.object().as(served.form()), "");
        }
        case Written.Overtaken<S> overtaken ->
            throw exists(served.resource(), object, overtaken.current());
        case Written.Taken<S>(String other) -> {
          return new Stored<>(null, other);
        }
        case Added.Displaced<S> _ -> context.cache().awaitCurrent();
      }
    }
    throw ApiFailure.serverTimeout(served.resource().qualifiedName(), "create", 1);
  }

  /**
   * The namespace that takes the object, as the store must still have it when the object is
   * written: admission alone cannot know that it is not deleted meanwhile.
   */
  private @Nullable Cached<Namespace> namespace(Served<?, ?> served, Call call, ApiObject object) {
    if (object.namespace().isEmpty()) {
      return null;
    }
    Cached<Namespace> found =
        context.cache().of(CoreV1.NAMESPACES).current().get(object.namespace());
    NamespaceLifecycle.check(request(served, call, object), found == null ? null : found.record());
    return found;
  }

  private static ApiFailure exists(
      Resource<?> resource, ApiObject object, @Nullable Cached<?> present) {
    boolean deleting = present != null && present.record().metadata().deletionTimestamp() != null;
    return object.metadata().generateName().isEmpty()
        ? Failures.alreadyExists(resource, object.name(), deleting)
        : Failures.generateNameConflict(resource, object.name());
  }
}
