/**
 * How objects look as rows of a table, which is what kubectl prints: upstream's columns, kind by
 * kind. Checked against pkg/printers/internalversion/printers.go.
 */
@NullMarked
package io.tiphys.server.tables;

import org.jspecify.annotations.NullMarked;
