package io.reactorscheduler.redis;

import io.lettuce.core.RedisURI;
import io.reactorscheduler.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A way to a real server on which the calls of some partitions get no answer, and which remembers what was called. */
final class WatchedLink implements RedisLink {

    private final RedisLink link;
    private final Duration timeout;
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Call> losing = new AtomicReference<>();

    /** One script on one partition. */
    record Call(Script script, String key) {}

    /** @param timeout how long answers are waited for that do not come */
    WatchedLink(String uri, Duration timeout) {
        this.link =
                new LettuceLink(new UriOpener(RedisURI.create(uri), RedisTest.BUSY_MACHINE), RedisTest.BUSY_MACHINE);
        this.timeout = timeout;
    }

    /** From now on a partition gives no answers. */
    void silence(String key) {
        silent.add(key);
    }

    /** The answer to the next call of a script on a partition gets lost. */
    void loseNextAnswer(Script script, String key) {
        losing.set(new Call(script, key));
    }

    boolean hasLostAnswer() {
        return losing.get() == null;
    }

    /** How many scripts were called so far. */
    long calls() {
        return calls.size();
    }

    /** How often a script was called so far. */
    long calls(Script script) {
        return calls.stream().filter(call -> call.script() == script).count();
    }

    @Override
    public Mono<List<@Nullable Object>> run(Script script, String key, List<String> args) {
        return Mono.defer(() -> {
            Call call = new Call(script, key);
            calls.add(call);
            Call lost = losing.get();
            if (call.equals(lost)) {
                return link.run(script, key, args).then(Mono.fromRunnable(() -> losing.set(null))).then(Mono.never());
            }
            return silent.contains(key)
                    ? Mono.<List<@Nullable Object>>never()
                            .timeout(timeout, Mono.error(() -> new StoreUnavailableException("silent", null)))
                    : link.run(script, key, args);
        });
    }

    @Override
    public Flux<String> listen(String channel) {
        return link.listen(channel);
    }

    @Override
    public Mono<String> info(String section) {
        return link.info(section);
    }

    @Override
    public Mono<String> setting(String name) {
        return link.setting(name);
    }

    @Override
    public Mono<Void> close() {
        return link.close();
    }
}
