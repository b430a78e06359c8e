package io.reactorscheduler.redis;

import io.reactorscheduler.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** One partition: runs scripts there and reads the server's clock in each reply. */
final class Partition {

    private static final int MOST_UNHEARD = 16;

    /** Of no queue, by no node: it only gives back. */
    private static final List<String> OF_NOTHING = List.of("", "0", "0", "0");

    private static final Logger LOG = LoggerFactory.getLogger(Partition.class);

    private final int number;
    private final RedisKeys keys;
    private final RedisLink link;
    private final RedisClock clock;
    private final Mono<Void> ready;

    /** Set when a claim failed, until something else was answered. */
    private volatile boolean isAway;

    /** Whether it did not answer its last claim soon. */
    private volatile boolean isSlow;

    private final AtomicBoolean isProbed = new AtomicBoolean();

    /** Tokens of claims whose reply did not come. */
    private final Queue<String> unheard = new ConcurrentLinkedQueue<>();

    /**
     * @param ready completes at once when the namespace has been looked at, else after that
     */
    Partition(int number, RedisKeys keys, RedisLink link, RedisClock clock, Mono<Void> ready) {
        this.number = number;
        this.keys = keys;
        this.link = link;
        this.clock = clock;
        this.ready = ready;
    }

    int number() {
        return number;
    }

    /** Where it stands how the namespace was made. */
    String metaKey() {
        return keys.meta(number);
    }

    long nowMicros() {
        return clock.nowMicros();
    }

    // ---- whether it answers

    /** A claim failed; nobody shall wait for the next ones. What it may have claimed is given back as soon as can be. */
    void goesAway(Throwable error) {
        isAway = true;
        LOG.warn("Partition {} is passed over by claims ({}) until it answers", number, error.getMessage());
        probe();
    }

    /** Whether it has not answered yet since a claim failed; asks it, and does not wait for that. */
    boolean isAway() {
        if (isAway) {
            probe();
        }
        return isAway;
    }

    private void probe() {
        if (isProbed.compareAndSet(false, true)) {
            claim(OF_NOTHING)
                    .doFinally(end -> isProbed.set(false))
                    .subscribe(
                            reply -> isAway = false, error -> LOG.debug("Partition {} is still away", number, error));
        }
    }

    // ---- calls

    /** The reply of a script, the time first. */
    Mono<Row> run(Script script, List<String> args) {
        return ready.then(Mono.defer(() -> now(script, args)));
    }

    /** As {@link #run} of a script whose last argument is a token: each subscription has one, by which it is answered once. */
    Mono<Row> once(Script script, List<String> args) {
        return Mono.defer(() -> {
            List<String> all = new ArrayList<>(args);
            all.add(Tokens.next());
            return run(script, all);
        });
    }

    /** As {@link #run} without a look at the namespace. */
    Mono<Row> now(Script script, List<String> args) {
        return Mono.defer(() -> {
            long started = clock.monotonicMicros();
            return link.run(script, keys.prefix(number), args).map(reply -> row(reply, started));
        });
    }

    /**
     * A claim. What a call before this one may have claimed is given back with it, if its reply never came; so no claim that
     * nobody knows of waits for the end of its lease.
     */
    Mono<Row> claim(List<String> args) {
        return Mono.defer(() -> {
            String token = Tokens.next();
            List<String> lost = new ArrayList<>();
            while (lost.size() < MOST_UNHEARD && !unheard.isEmpty()) {
                String each = unheard.poll();
                if (each != null) {
                    lost.add(each);
                }
            }
            List<String> all = new ArrayList<>();
            all.add(token);
            all.add(String.join(" ", lost));
            all.addAll(args);
            return run(Scripts.CLAIM, all)
                    .doOnError(error -> unheard(token, lost))
                    .doOnCancel(() -> unheard(token, lost));
        });
    }

    /**
     * A claim that others wait behind: it fails when there is no answer soon. Of a partition that was not quick the last time
     * an answer is waited for like that of any call, so that one which is always slow is not passed over for ever.
     */
    Mono<Row> claim(List<String> args, Duration patience) {
        return Mono.defer(() -> {
            if (isSlow) {
                long started = clock.monotonicMicros();
                return claim(args)
                        .doOnNext(reply -> isSlow = clock.monotonicMicros() - started > RedisSettings.micros(patience));
            }
            return claim(args).timeout(patience, Mono.error(() -> {
                isSlow = true;
                return new StoreUnavailableException(
                        "Redis: partition " + number + " did not answer a claim within " + patience
                                + ", so those of other partitions go on; look at its server if this goes on",
                        null);
            }));
        });
    }

    private void unheard(String token, List<String> before) {
        unheard.add(token);
        unheard.addAll(before);
    }

    private Row row(List<@Nullable Object> reply, long started) {
        Row row = new Row(reply);
        clock.saw(row.number(0), started);
        return row;
    }
}
