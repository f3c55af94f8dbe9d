/** What scales workloads by itself. */
@NullMarked
package io.tiphys.rules.autoscaling;

import org.jspecify.annotations.NullMarked;
