/**
 * What every namespace needs before pods can run in it: an account and the authority's certificate.
 */
@NullMarked
package io.tiphys.controllers.serviceaccount;

import org.jspecify.annotations.NullMarked;
