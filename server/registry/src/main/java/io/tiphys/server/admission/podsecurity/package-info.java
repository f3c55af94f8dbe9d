/**
 * The pod security standards: which pods a namespace takes, by a level and a version that its
 * labels name.
 */
@NullMarked
package io.tiphys.server.admission.podsecurity;

import org.jspecify.annotations.NullMarked;
