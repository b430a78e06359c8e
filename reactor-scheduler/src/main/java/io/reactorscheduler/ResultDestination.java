package io.reactorscheduler;

import reactor.core.publisher.Mono;

/**
 * Where stored results go, when not into the execution's record: a bucket, a file, a table.
 *
 * <p>A result is written before its run counts as done; if writing fails, the run fails. The record keeps the
 * reference that writing gave, and the reference is deleted with the record.
 */
public interface ResultDestination {

    /** Writes the result of an execution; gives a reference, at most 1,000 characters. Must bear being called again. */
    Mono<String> write(String executionId, String json);

    /** Reads a result back; empty when it is gone. */
    Mono<String> read(String reference);

    /** Deletes a result; completes also when it is gone. */
    Mono<Void> delete(String reference);
}
