/** The rules that the tests of every module check. */
@NullMarked
package io.reactorscheduler.build;

import org.jspecify.annotations.NullMarked;
