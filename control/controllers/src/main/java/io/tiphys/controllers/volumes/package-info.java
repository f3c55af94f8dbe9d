/** Finds or makes a volume for every claim, and cleans up behind them. */
@NullMarked
package io.tiphys.controllers.volumes;

import org.jspecify.annotations.NullMarked;
