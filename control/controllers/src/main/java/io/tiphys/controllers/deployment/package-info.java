/** Rolls Deployments out by way of ReplicaSets. */
@NullMarked
package io.tiphys.controllers.deployment;

import org.jspecify.annotations.NullMarked;
