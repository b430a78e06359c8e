/** Test kit: the contract that every TaskStore keeps, and helpers for virtual time. */
@NullMarked
package io.reactorscheduler.test;

import org.jspecify.annotations.NullMarked;
