/**
 * Custom resources: their definitions, the structural schemas in these, and the objects that are
 * pruned, defaulted and validated by them. Rules in CEL (x-kubernetes-validations) are compiled
 * with the definition and judge the objects.
 */
@NullMarked
package io.tiphys.rules.customresources;

import org.jspecify.annotations.NullMarked;
