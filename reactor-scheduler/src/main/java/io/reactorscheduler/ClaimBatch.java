package io.reactorscheduler;

import java.util.List;

/**
 * What a store gave for a {@link ClaimRequest}.
 *
 * @param claims one queue after the other in the order of the request, each in the order to start: priority, due time,
 *     sequence
 * @param nextDueMicros for each queue of the request, in its order: when there may be more to claim, in epoch
 *     microseconds of the store's clock; in the past when there is more already, {@link Position#NO_TIME} when nothing
 *     waits
 * @param nowMicros the store's time
 */
public record ClaimBatch(List<Claim> claims, long[] nextDueMicros, long nowMicros) {

    // an array for speed, never shared: compared by identity like any record of a one-time reply

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return "ClaimBatch(" + claims.size() + " claims)";
    }
}
