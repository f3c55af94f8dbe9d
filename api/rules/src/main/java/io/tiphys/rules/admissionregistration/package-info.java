/** Who else is asked before something is admitted. */
@NullMarked
package io.tiphys.rules.admissionregistration;

import org.jspecify.annotations.NullMarked;
