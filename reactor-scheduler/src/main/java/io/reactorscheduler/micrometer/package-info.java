/**
 * Metrics and observations by Micrometer, which is an optional dependency: nothing outside of this package refers to it.
 */
@NullMarked
package io.reactorscheduler.micrometer;

import org.jspecify.annotations.NullMarked;
