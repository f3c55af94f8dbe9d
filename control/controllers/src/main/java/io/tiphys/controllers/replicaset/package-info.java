/** Keeps the number of pods a ReplicaSet asks for. */
@NullMarked
package io.tiphys.controllers.replicaset;

import org.jspecify.annotations.NullMarked;
