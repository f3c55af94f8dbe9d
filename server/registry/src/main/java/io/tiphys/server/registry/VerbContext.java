package io.tiphys.server.registry;

import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.server.admission.AdmissionChain;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.authorization.Forbidden;
import io.tiphys.server.cache.WatchCache;
import java.util.random.RandomGenerator;

/** What the verbs work with. */
record VerbContext(
    WatchCache cache,
    ObjectStorage storage,
    AdmissionChain admission,
    Allocations allocations,
    ManagedFields managedFields,
    Clock clock,
    RandomGenerator random,
    Authorizer authorizer) {

  /** A write that turns out to be a creation needs the right to create. */
  void mayCreate(Resource<?> resource, Call call, String namespace, String name) {
    Attributes attributes =
        Attributes.onResource(
            call.user(), "create", resource.group(), resource.plural(), namespace, name);
    Authorizer.Decision decision = authorizer.authorize(attributes);
    if (!decision.allowed()) {
      throw Forbidden.failure(attributes, decision.reason());
    }
  }
}
