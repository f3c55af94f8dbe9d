/**
 * Gives every pod a node: a queue, filters, scores, a binding. The decision is a pure function of
 * the cluster's state; one thread makes it, others carry it out.
 */
@NullMarked
package io.tiphys.scheduler;

import org.jspecify.annotations.NullMarked;
