package io.reactorscheduler;

/**
 * The starts that a rate limit allows: a bucket of as many tokens as runs, full at first, that fills evenly over the
 * period. Belongs to the monitor of a queue.
 *
 * <p>Counts in whole parts of a token, so many that a microsecond brings a whole number of them: no rounding adds up.
 */
final class MemoryBucket {

    final TaskQueue.RateLimit limit;
    private final long partsPerMicro;
    private final long partsPerToken;
    private final long most;
    private long parts;
    private long filledMicros;

    MemoryBucket(TaskQueue.RateLimit limit, long now) {
        this.limit = limit;
        long period = Checks.micros(limit.period());
        long divisor = divisor(limit.runs(), period);
        this.partsPerMicro = limit.runs() / divisor;
        this.partsPerToken = period / divisor;
        this.most = limit.runs() * partsPerToken;
        this.parts = most;
        this.filledMicros = now;
    }

    private static long divisor(long a, long b) {
        return b == 0 ? a : divisor(b, a % b);
    }

    /** When there is a token; not after {@code now} if there is one. */
    long nextAt(long now) {
        return whenFilled(partsPerToken, now);
    }

    /** Takes a token that {@link #nextAt} said is there. */
    void take() {
        parts -= partsPerToken;
    }

    /** When it is full again, as if it were new. */
    long fullAt(long now) {
        return whenFilled(most, now);
    }

    private long whenFilled(long wanted, long now) {
        fill(now);
        long missing = wanted - parts;
        return missing <= 0 ? now : now + (missing + partsPerMicro - 1) / partsPerMicro;
    }

    /** A clock that was set back gives no tokens and takes none. */
    private void fill(long now) {
        long passed = now - filledMicros;
        if (passed > 0) {
            boolean isFull = passed >= (most - parts + partsPerMicro - 1) / partsPerMicro;
            parts = isFull ? most : parts + passed * partsPerMicro;
        }
        filledMicros = now;
    }
}
