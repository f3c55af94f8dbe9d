/**
 * Custom resources: their definitions, the structural schemas in these, and the objects that are
 * pruned, defaulted and validated by them. Rules in CEL (x-kubernetes-validations) are accepted and
 * kept, and not yet evaluated.
 */
@NullMarked
package io.tiphys.rules.customresources;

import org.jspecify.annotations.NullMarked;
