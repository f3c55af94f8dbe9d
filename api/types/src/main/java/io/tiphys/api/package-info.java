/** The API's objects and resources as every module names them; the records beside are generated. */
@NullMarked
package io.tiphys.api;

import org.jspecify.annotations.NullMarked;
