package io.reactorscheduler;

/**
 * The starts that a rate limit allows: a bucket of as many tokens as runs, full at first, that fills evenly over the
 * period. Belongs to the monitor of a queue.
 */
final class MemoryBucket {

    /** Less than this of a token is a rounding error. */
    private static final double ROUNDING = 1e-6;

    final TaskQueue.RateLimit limit;
    private final double perMicro;
    private double tokens;
    private long filledMicros;

    MemoryBucket(TaskQueue.RateLimit limit, long now) {
        this.limit = limit;
        this.perMicro = (double) limit.runs() / Checks.micros(limit.period());
        this.tokens = limit.runs();
        this.filledMicros = now;
    }

    /** When there is a token; not after {@code now} if there is one. */
    long nextAt(long now) {
        fill(now);
        double missing = 1 - tokens - ROUNDING;
        return missing <= 0 ? now : now + (long) Math.ceil(missing / perMicro);
    }

    /** Takes a token that {@link #nextAt} said is there. */
    void take() {
        tokens--;
    }

    /** When it is full again, as if it were new. */
    long fullAt(long now) {
        fill(now);
        return now + (long) Math.ceil((limit.runs() - tokens) / perMicro);
    }

    /** A clock that was set back gives no tokens and takes none. */
    private void fill(long now) {
        if (now > filledMicros) {
            tokens = Math.min(limit.runs(), tokens + (now - filledMicros) * perMicro);
        }
        filledMicros = now;
    }
}
