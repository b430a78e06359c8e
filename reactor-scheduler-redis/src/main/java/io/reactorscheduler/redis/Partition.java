package io.reactorscheduler.redis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** One partition: runs scripts there and reads the server's clock in each reply. */
final class Partition {

    private final int number;
    private final RedisKeys keys;
    private final RedisLink link;
    private final RedisClock clock;
    private final Mono<Void> ready;

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

    /** The reply of a script, the time first. */
    Mono<Row> run(Script script, List<String> args) {
        return ready.then(Mono.defer(() -> now(script, args)));
    }

    /** As {@link #run} without a look at the namespace. */
    Mono<Row> now(Script script, List<String> args) {
        return Mono.defer(() -> {
            long started = clock.monotonicMicros();
            return link.run(script, keys.prefix(number), args).map(reply -> row(reply, started));
        });
    }

    private Row row(List<@Nullable Object> reply, long started) {
        Row row = new Row(reply);
        clock.saw(row.number(0), started);
        return row;
    }
}
