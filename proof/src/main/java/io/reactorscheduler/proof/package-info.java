/** Breaks things around real nodes on purpose, and decides from their own logs what was lost or done twice. */
@NullMarked
package io.reactorscheduler.proof;

import org.jspecify.annotations.NullMarked;
