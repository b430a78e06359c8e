/** Test kit: the contract that every TaskStore keeps, and time that passes when a test says so. */
@NullMarked
package io.reactorscheduler.test;

import org.jspecify.annotations.NullMarked;
