/**
 * What objects use up of the quotas of their namespace: asked by admission before they are stored
 * and by the controller that counts what is there. Pure.
 */
@NullMarked
package io.tiphys.rules.quota;

import org.jspecify.annotations.NullMarked;
