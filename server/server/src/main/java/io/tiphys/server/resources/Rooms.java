package io.tiphys.server.resources;

import io.tiphys.base.Clock;
import io.tiphys.server.admission.AdmissionChain;
import io.tiphys.server.cache.Cache;
import java.util.random.RandomGenerator;

/** What the verbs work with. */
record Rooms(
    Cache cache,
    Vault vault,
    AdmissionChain admission,
    Allocations allocations,
    ManagedFields managedFields,
    Clock clock,
    RandomGenerator random) {}
