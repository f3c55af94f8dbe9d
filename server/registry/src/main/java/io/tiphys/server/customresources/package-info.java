/**
 * Custom resources: from definitions to kinds that are served, and the conditions and the end of
 * definitions.
 */
@NullMarked
package io.tiphys.server.customresources;

import org.jspecify.annotations.NullMarked;
