/** Durable tasks on many nodes, locks and leadership on Redis. */
@NullMarked
package io.reactorscheduler.redis;

import org.jspecify.annotations.NullMarked;
